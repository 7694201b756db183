"""Tests with the real model, servers and processes."""

import os
from collections.abc import Iterator

import pytest

from tests.support.pages import (  # noqa: F401 (fixtures)
    browser,
    eval_dir,
    guarded,
    scripted,
    serve,
    server,
    users,
)
from tests.support.postgres_server import HAS_POSTGRES, NO_POSTGRES, PostgresServer, running
from tests.support.small_sets import make_run, small_set  # noqa: F401 (fixtures)

if not HAS_POSTGRES and os.environ.get("CI"):
    raise RuntimeError(NO_POSTGRES)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real server. Each test has a database of its own in it, and leaves it running."""
    if not HAS_POSTGRES:
        pytest.skip(NO_POSTGRES)
    with running() as made:
        yield made
