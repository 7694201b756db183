"""Tests without model, browser, or other processes: `make test-unit`."""

from tests.support.small_sets import make_run, small_set  # noqa: F401 (fixtures)
