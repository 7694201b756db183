"""Stages are told without those inside them, and functions are as before afterwards."""

import time

import pytest

from eval.bench import profile
from rag.understanding import messages

CLASSIFY = messages.classify


def busy(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_a_stage_is_told_without_what_is_inside() -> None:
    stages = profile._Stages()
    network = stages.watched(lambda: busy(0.2), profile._NETWORK)

    def reading() -> None:
        busy(0.1)
        network()

    before = time.process_time()
    with stages.inside("the rest"):
        stages.watched(reading, "reading")()
        network()
    whole = time.process_time() - before
    assert set(stages.spent) == {
        *("the rest", "reading", "reading: the network", "the rest: the network")
    }
    assert sum(stages.spent.values()) == pytest.approx(whole, abs=0.01)
    assert stages.spent["reading"] == pytest.approx(0.1, abs=0.05)
    assert stages.spent["reading: the network"] == pytest.approx(0.2, abs=0.05)


def test_functions_are_watched_for_a_while() -> None:
    place = {"rag.understanding.messages:classify": "what the message is"}
    with profile._watching(place) as stages:
        assert messages.classify("你好").kind == CLASSIFY("你好").kind
        assert messages.classify is not CLASSIFY
        assert set(stages.spent) == {"what the message is"}
    assert messages.classify is CLASSIFY


def test_what_is_watched_is_there() -> None:
    for places in (profile._OF_A_QUESTION, profile._OF_AN_INDEX):
        with profile._watching(places):
            pass
