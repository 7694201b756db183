"""The corpus and its index kept equal: added, edited, removed, updated, watched, examined."""
