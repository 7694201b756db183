"""Answers taken elsewhere: drawn in four formats, read again, held against the corpus."""
