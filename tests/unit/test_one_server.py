"""The table of the files that share a server, against the files."""

import ast
from pathlib import Path

from tests.conftest import ONE_SERVER
from tests.support.serving import ROOT

FIXTURES = {
    "server": "server",
    "guarded": "server",
    "scripted": "scripted",
    "postgres": "postgres",
}


def asked_for(path: Path) -> set[str]:
    """What the tests of a file, and its fixtures, ask for."""
    nodes = ast.parse(path.read_text("utf-8")).body
    return {
        argument.arg
        for node in nodes
        if isinstance(node, ast.FunctionDef)
        if node.name.startswith("test_") or node.decorator_list
        for argument in node.args.args
    }


def test_every_file_that_asks_for_a_shared_server_is_in_the_table() -> None:
    found: dict[str, set[str]] = {name: set() for name in ONE_SERVER}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for fixture in FIXTURES.keys() & asked_for(path):
            found[FIXTURES[fixture]].add(path.relative_to(ROOT / "tests").as_posix())
    assert found == {name: set(files) for name, files in ONE_SERVER.items()}
