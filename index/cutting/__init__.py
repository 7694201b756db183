"""Documents cut: paragraphs, sentences, rows of tables, chunks. All are spans of characters."""
