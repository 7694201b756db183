"""What is searched: the database of a build, its vectors, its terms, and narrower scopes."""
