"""A flag counts before the environment, the environment before the default."""

import argparse
from itertools import product
from pathlib import Path

import pytest

import eval.settings
import index.settings
import rag.settings
from index.knobs import chosen

EVERY = [
    (index.settings.IndexSettings, index.settings),
    (rag.settings.RagSettings, rag.settings),
    (eval.settings.EvaluationSettings, eval.settings),
]


@pytest.mark.parametrize(("settings", "module"), EVERY)
def test_what_counts(settings, module) -> None:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    for knob, flag, own, also in product(module.KNOBS, ("", "1"), ("", "2"), ("", "3")):
        environ = {f"WENZHENG_{knob.name.upper()}": own, knob.also: also}
        flags = parser.parse_args([knob.flag, flag] if flag and knob.flag else [])
        said = (knob.flag and flag) or own or (knob.also and also)
        default = getattr(settings(), knob.name)
        found = getattr(chosen(settings, module.KNOBS, environ, flags), knob.name)
        assert str(found) == str(said or default)
        assert type(found) is type(default) or default is None


def test_an_empty_flag_is_none() -> None:
    parser = argparse.ArgumentParser()
    index.settings.add_arguments(parser)
    flags = parser.parse_args(["--embedder", "", "--corpus", "here", "--index-dir", ""])
    made = chosen(index.settings.IndexSettings, index.settings.KNOBS, {}, flags)
    assert (made.embedder, made.corpus_dir) == (index.settings.EMBEDDED_MODEL, Path("here"))
    assert made.index_dir == index.settings.IndexSettings().index_dir
