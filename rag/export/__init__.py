"""Answers taken elsewhere: drawn into files of four formats, read again, held against the corpus."""
