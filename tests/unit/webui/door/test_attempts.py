"""How long a guesser waits, and how long a session lasts: arithmetic on a clock that we turn."""

from pathlib import Path

import pytest

from webui.door import auth
from webui.door.attempts import RULES, Attempts, Key, Kind
from webui.door.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def guesses(attempts: Attempts, clock: Clock, keys: list[Key], seconds: float) -> int:
    """How many guesses are looked at within that time, of one who waits no longer than he must."""
    end, count = clock.now + seconds, 0
    while clock.now <= end:
        wait = attempts.begin(keys)
        clock.now += wait
        count += wait == 0
    return count


@pytest.mark.parametrize("kind", RULES)
def test_a_day_of_guessing_is_worth_few_guesses(kind: Kind) -> None:
    clock = Clock()
    rule = RULES[kind]
    doubling = sum(1 for wait in (10 * 2**n for n in range(20)) if wait < rule.longest)
    expected = rule.free + doubling + 24 * 3600 / rule.longest
    assert guesses(Attempts(clock), clock, [(kind, "安娜")], 24 * 3600) == pytest.approx(
        expected, rel=0.05
    )


def test_guesses_at_the_same_moment_are_all_counted() -> None:
    attempts = Attempts(Clock())
    begun = [attempts.begin([("pair", "192.0.2.1 anna")]) for _ in range(100)]
    assert begun.count(0.0) == RULES["pair"].free
    assert begun[-1] == 10.0


def test_a_stranger_elsewhere_delays_a_user_by_no_more_than_a_minute() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for number in range(3000):
        attempts.begin([("address", f"2001:db8::{number:x}"), ("name", "anna")])
        clock.now += 60
    assert attempts.begin([("address", "192.0.2.7"), ("name", "anna")]) == 0.0
    assert attempts.begin([("address", "192.0.2.8"), ("name", "anna")]) <= 60.0
    assert attempts.begin([("browser", "one that has logged in before")]) == 0.0


def test_who_has_a_name_of_his_own_cannot_guess_for_ever_between_his_log_ins() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    address: Key = ("address", "192.0.2.1")
    looked_at = 0
    for number in range(1000):
        looked_at += attempts.begin([("pair", f"{number}"), address]) == 0.0
        own: list[Key] = [("pair", "192.0.2.1 mallory"), address, ("name", "mallory")]
        if attempts.begin(own) == 0.0:
            attempts.right(own)
    assert looked_at <= RULES["address"].free


def test_a_right_guess_forgives_the_name() -> None:
    attempts = Attempts(Clock())
    keys: list[Key] = [("pair", "192.0.2.1 李雷"), ("name", "李雷")]
    for _ in range(50):
        for _ in range(RULES["pair"].free):
            assert attempts.begin(keys) == 0.0
        attempts.right(keys)


def test_counts_take_bounded_memory_and_are_forgotten() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for number in range(50_000):
        attempts.begin([("pair", f"{number} " + "名" * 200), ("name", f"{number}")])
    assert len(attempts) == 20_000
    for _ in range(30):
        attempts.begin([("pair", "x")])
    assert attempts.begin([("pair", "x")]) > 0
    clock.now += 25 * 3600
    assert attempts.begin([("pair", "x")]) == 0.0


@pytest.fixture
def known(tmp_path: Path) -> auth.Users:
    auth.add_user(tmp_path / "users.json", "anna", "correct horse")
    return auth.Users(tmp_path / "users.json")


def test_a_session_ends_when_it_is_not_used_and_after_a_week(known: auth.Users) -> None:
    clock = Clock()
    sessions = Sessions(known, clock)
    mark = known.mark("anna")
    assert mark is not None
    token = sessions.begin("anna", mark)
    used = 0.0
    while used + IDLE_SECONDS / 2 <= LONGEST_SECONDS:
        clock.now += IDLE_SECONDS / 2
        used += IDLE_SECONDS / 2
        assert sessions.user(token) == "anna"
    clock.now += IDLE_SECONDS / 2
    assert sessions.user(token) is None

    token = sessions.begin("anna", mark)
    for _ in range(3):  # an answer that is being sent does not prolong it
        clock.now += IDLE_SECONDS / 2 - 1
        sessions.user(token, using=False)
    assert sessions.user(token) is None
    assert sessions.user("") is None
    assert sessions.user("\udcff名") is None


def test_somebody_has_so_many_sessions_and_the_oldest_ends(known: auth.Users) -> None:
    sessions = Sessions(known)
    tokens = [sessions.begin("anna", known.mark("anna") or "") for _ in range(25)]
    assert len(set(tokens)) == 25
    assert [sessions.user(token) for token in tokens] == [None] * 5 + ["anna"] * 20
