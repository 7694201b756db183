"""Tests in a real browser; where there is none, they are left out, and the summary says so."""

from tests.support.pages import browser, guarded, serve, server  # noqa: F401 (fixtures)
from tests.support.serving import CHROMIUM

if CHROMIUM is None:
    collect_ignore_glob = ["test_*.py"]
