"""Office documents of text and slides, and what all zipped formats share."""
