"""Thoughts apart from answers, however the text is cut into pieces."""

import pytest

from rag.models.thoughts import Thought, thoughts_apart


@pytest.mark.parametrize(
    ("written", "thought", "answer"),
    [
        ("<think>Hm. [9]</think>\n\nYes [1].", "Hm. [9]", "Yes [1]."),
        ("\n<think>3 < 5</th ink></think>418万箱。", "3 < 5</th ink>", "418万箱。"),
        ("<think></think>No.", "", "No."),
        ("A <think> inside stays.", "", "A <think> inside stays."),
        ("<thin ice", "", "<thin ice"),
        ("<th", "", "<th"),
        ("<think>never ends", "never ends", ""),
        ("  直接回答。", "", "直接回答。"),
    ],
)
def test_thoughts_are_told_apart(written, thought, answer):
    for pieces in ([written], list(written)):
        parts = list(thoughts_apart(pieces))
        assert "".join(each for each in parts if isinstance(each, Thought)) == thought
        assert "".join(each for each in parts if not isinstance(each, Thought)) == answer
        assert len(parts) >= len(pieces)  # something for each piece: whoever reads may stop


def test_what_a_server_calls_thoughts_stays_apart():
    pieces = [Thought("No </think> ends this."), "<thin", " ice"]
    assert list(thoughts_apart(pieces)) == ["No </think> ends this.", "", "<thin ice"]
