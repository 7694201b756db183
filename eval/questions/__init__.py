"""Evaluation sets read and checked, and sets made of other formats."""
