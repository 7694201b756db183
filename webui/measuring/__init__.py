"""The tab where evaluation sets are run and runs are compared."""
