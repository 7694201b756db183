"""Who asks at the same time takes turns."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.turns import Turns


def _until_waiting(turns: Turns, count: int) -> None:
    while len(turns._waiting) < count:
        time.sleep(0.001)


def test_whoever_waits_longest_is_next() -> None:
    turns, order = Turns(1), list[float]()

    def ask(since: float) -> None:
        with turns.turn(since):
            order.append(since)

    with ThreadPoolExecutor(5) as pool, turns.turn(0):
        for waiting, since in enumerate([3.0, 1.0, 5.0, 2.0, 4.0], 1):
            pool.submit(ask, since)
            _until_waiting(turns, waiting)
    assert order == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_no_more_are_at_work_than_may_be_and_all_get_there() -> None:
    turns, at_work, most, done = Turns(3), 0, 0, 0
    lock = threading.Lock()

    def ask(since: float) -> None:
        nonlocal at_work, most, done
        for _ in range(20):
            with turns.turn(since):
                with lock:
                    at_work += 1
                    most = max(most, at_work)
                time.sleep(0.0002)
                with lock:
                    at_work -= 1
                    done += 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(16)))
    assert (at_work, most, done) == (0, 3, 320)


def test_a_turn_that_fails_is_given_on() -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn(0):
            _ = 1 / 0
    with turns.turn(0):
        pass
