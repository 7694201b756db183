"""Measures, runs, comparisons and benchmarks. `python -m eval` is its command."""
