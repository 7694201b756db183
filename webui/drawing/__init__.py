"""HTML from values: answers, documents, tables. Nothing here looks anything up."""
