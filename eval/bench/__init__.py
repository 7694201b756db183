"""Benchmarks: speed, memory and quality of single parts, side by side in one run."""
