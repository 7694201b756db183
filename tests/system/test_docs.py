"""The READMEs against the code: every command and setting is there, every command line parses."""

import argparse
import importlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from index.settings import KNOBS, IndexSettings

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


def parser_of(package: str) -> argparse.ArgumentParser:
    module = importlib.import_module("ui" if package == "ui" else f"{package}.__main__")
    parser: argparse.ArgumentParser = module._parser()
    return parser


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices


def command_lines(readme: Path) -> list[tuple[str, str]]:
    """The lines of code blocks that call us: (package, its arguments)."""
    lines = re.findall(r"^python (-m (\w+)|ui\.py)(.*)$", readme.read_text("utf-8"), re.MULTILINE)
    inline = re.findall(r"`python (-m (\w+)|ui\.py)([^`]*)`", readme.read_text("utf-8"))
    return [
        (package or "ui", arguments.split(" #")[0].strip())
        for _, package, arguments in lines + inline
        if package not in ("pip", "pytest", "venv") and "|" not in arguments
    ]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_is_told(readme: Path) -> None:
    text = readme.read_text("utf-8")
    for package in ("index", "rag", "eval"):
        for name in commands(parser_of(package)):
            if name != "bench":
                assert f"python -m {package} {name}" in text, f"{package} {name}"
    assert "python -m eval bench" in text


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_line_parses(readme: Path) -> None:
    lines = command_lines(readme)
    assert len(lines) > 12
    for package, arguments in lines:
        parser_of(package).parse_args(shlex.split(arguments))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_setting_is_told(readme: Path) -> None:
    text = readme.read_text("utf-8")
    given = {each.name for each in KNOBS}
    for name in (*given, "generator"):
        assert f"WENZHENG_{name.upper()}" in text
    defaults = IndexSettings()
    assert f"`{defaults.embedder}`" in text
    assert str(defaults.max_chunk_tokens) in text
    assert {field.name for field in fields(IndexSettings)} == {*given, "max_chunk_tokens"}


def test_the_readmes_have_the_same_figures_and_commands() -> None:
    english, chinese = (readme.read_text("utf-8") for readme in READMES)
    assert re.findall(r"\.\d{3}", english) == re.findall(r"\.\d{3}", chinese)
    assert sorted(command_lines(READMES[0])) == sorted(command_lines(READMES[1]))


def test_every_dependency_has_its_reason() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for name in ("requirements.txt", "requirements-dev.txt"):
        for package in re.findall(r"^([\w-]+)==", (ROOT / name).read_text(), re.MULTILINE):
            assert f"`{package}`" in changelog, package


def test_every_way_to_set_up_takes_a_pip_without_known_holes() -> None:
    bounds = {
        path.name: re.findall(r"\bpip>=[\d.]+", path.read_text("utf-8"))
        for path in [ROOT / "Makefile", *READMES]
    }
    assert bounds == {
        "Makefile": ["pip>=26.0"],
        "README.md": ["pip>=26.0"],
        "README.zh.md": ["pip>=26.0"],
    }
    steps = subprocess.run(
        ["make", "-n", "-B", "index", "TORCH_INDEX="],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert 0 < steps.index("pip>=26.0") < steps.index("-r requirements.txt")


def test_every_line_of_what_is_protected_names_its_test() -> None:
    protected = (ROOT / "SECURITY.md").read_text("utf-8").split("\n## ")[2]
    rows = [line for line in protected.split("\n") if re.match(r"\| (?!what holds)", line)]
    assert len(rows) > 25
    code = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    known = set(re.findall(r"def (test_\w+)", code))
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py|test_\w+|python -m tests\.\w+\.\w+)`", row)
        assert named, row
        for name in named:
            path = name.removeprefix("python -m ").replace(".", "/").replace("/py", ".py")
            assert name in known or (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), name
