"""Tests with the real model, servers and processes."""

from tests.support.pages import browser, guarded, serve, server  # noqa: F401 (fixtures)
from tests.support.small_sets import make_run, small_set  # noqa: F401 (fixtures)
