"""Answers in progress while the server is being stopped."""

import threading

import pytest

from index.errors import ChatbotError
from webui.ask.in_progress import InProgress


def test_no_answer_begins_after_the_end_has() -> None:
    progress = InProgress()
    assert progress.finish(60)
    assert progress.is_finishing
    with pytest.raises(ChatbotError, match="stopped") as told, progress.one():
        pass
    assert told.value.code == "stopping"


def test_an_answer_has_its_time() -> None:
    progress, ended = InProgress(), []
    with progress.one() as go_on:
        stopping = threading.Thread(target=lambda: ended.append(progress.finish(60)))
        stopping.start()
        while not progress.is_finishing:
            pass
        go_on()  # it may
    stopping.join()
    assert ended == [True]


def test_whoever_has_none_left_is_told() -> None:
    progress, ended = InProgress(), []
    stopping = threading.Thread(target=lambda: ended.append(progress.finish(0)))

    def answer() -> None:
        with progress.one() as go_on:
            stopping.start()
            while True:
                go_on()

    with pytest.raises(ChatbotError, match="stopped"):
        answer()
    stopping.join()
    assert ended == [False]
