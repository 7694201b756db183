"""An answer and its case -> what is measured on it, and totals of that."""
