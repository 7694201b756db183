"""Tests with the real model, servers and processes."""

from tests.support.pages import (  # noqa: F401 (fixtures)
    browser,
    eval_dir,
    guarded,
    scripted,
    serve,
    server,
    users,
)
from tests.support.small_sets import make_run, small_set  # noqa: F401 (fixtures)
from tests.support.user_engines import postgres  # noqa: F401 (fixture)
