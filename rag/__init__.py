"""The online half: question in, answer with citations out. `python -m rag` is its command."""
