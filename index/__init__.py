"""The offline half: documents in, searchable index out. `python -m index` is its command."""
