"""Spreadsheets and tables in text files, as programs for them show them."""
