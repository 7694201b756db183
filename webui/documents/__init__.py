"""The tab where documents are added, listed, read, edited and removed."""
