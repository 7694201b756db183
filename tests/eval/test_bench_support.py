"""The labelled sentences and what the support check finds in them, with the real model."""

import json
import runpy
from collections import Counter

from eval.bench_support import DEFAULT, checked, measure, read
from index.embedding import Embedder


def test_the_set_is_what_its_script_writes():
    made = runpy.run_path(str(DEFAULT.with_name("make.py")))["rows"]()
    kept = [json.loads(line) for line in DEFAULT.read_text("utf-8").splitlines()]
    assert kept == made
    assert len(kept) >= 240
    assert len({row["sentence"] + row["cited"] for row in kept}) == len(kept)
    for row in kept:
        assert row["supported"] == (row["kind"] == "true")


def test_what_is_held_out_has_both_languages_and_all_kinds():
    rows = read(DEFAULT, "heldout")
    counts = Counter((row.language, row.kind) for row in rows)
    assert len(rows) >= 120
    assert set(counts) == {(row.language, row.kind) for row in read(DEFAULT, "tune")}
    assert not {row.cited for row in rows} & {row.cited for row in read(DEFAULT, "test")}


def test_altered_figures_and_names_are_found(embedder: Embedder):
    rows = [*read(DEFAULT, "tune"), *read(DEFAULT, "test")]  # held out is what no limit is set to
    supported, _ = checked(rows, embedder)
    shares = {found.kind: found.share for found in measure(rows, supported)}
    assert shares["true"] <= 0.05
    assert shares["figure"] >= 0.95
    assert shares["name"] >= 0.95
    assert shares["citation"] >= 0.95
    # Weak by nature; so that a change for the worse is seen.
    assert shares["negation"] >= 0.7


def test_precision_and_recall():
    rows = [*read(DEFAULT, "tune")]
    none, every = (measure(rows, [held] * len(rows)) for held in (True, False))
    assert all(found.share == 0 for found in none)
    assert all(found.share == 1 for found in every)
    assert all(found.precision(1.0) == 0.5 for found in every)
