"""Tests in a real browser; where there is none, they are left out, and the summary says so."""

import pytest

from tests.support.serving import CHROMIUM

if CHROMIUM is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test in the browser fail once: the summary names it, and it is to be looked into.

    A loaded machine can hold a browser up for longer than a test waits.
    """
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.flaky(reruns=1))
