"""What readers notice of people who guess passwords.

    python -m tests.support.guessers --guessers 8

Serves the real page with one user and prints how long `/theme.css` takes: before, while all guess
from one address, and while every guess comes from an address and at a name of its own, so that none
is refused unseen.
"""

import argparse
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import quantiles

import httpx

from tests.support.serving import ROOT, Server
from webui.door import auth

SECONDS = 20.0
_PAUSE_SECONDS = 0.02

Guess = Callable[[int], dict[str, str]]
"""Makes the address and the name of the n-th guess."""

_GUESSES: dict[str, Guess] = {
    "one address": lambda _: {"address": "192.0.2.1", "name": "anna"},
    "an address each": lambda n: {"address": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
                                  "name": f"name{n}"},
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guessers", type=int, default=8)
    guessers = parser.parse_args(argv).guessers
    with tempfile.TemporaryDirectory() as folder:
        users = Path(folder) / "users.json"
        auth.add_user(users, "anna", "correct horse")
        options = ["--auth", str(users)]
        server = Server(ROOT / "corpus", Path(folder) / "built", options=options).build().start()
        try:
            time.sleep(SECONDS / 2)  # the model is loaded behind the first page
            _say("nobody guesses", latencies(server.url), Counter())
            for name, guess in _GUESSES.items():
                with guessing(server.url, guess, guessers) as answers:
                    _say(f"{guessers} guess, {name}", latencies(server.url), answers)
        finally:
            server.interrupt()
            server.wait()


def latencies(url: str) -> list[float]:
    """Return the milliseconds that `/theme.css` takes, again and again for some seconds."""
    found, end = [], time.monotonic() + SECONDS
    with httpx.Client(base_url=url, trust_env=False, timeout=300) as reader:
        while time.monotonic() < end:
            begun = time.perf_counter()
            reader.get("/theme.css").raise_for_status()
            found.append(1000 * (time.perf_counter() - begun))
            time.sleep(_PAUSE_SECONDS)
    return found


@contextmanager
def guessing(url: str, guess: Guess, guessers: int) -> Iterator[Counter[int]]:
    """Have so many guess all the time; yields how often each status was answered so far."""
    answers: Counter[int] = Counter()
    numbers, over = count(), threading.Event()

    def keep_guessing() -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=300) as guesser:
            while not over.is_set():
                made = guess(next(numbers))
                form = {"username": made["name"], "password": "wrong horse"}
                headers = {"x-forwarded-for": made["address"]}
                answers[guesser.post("/login", data=form, headers=headers).status_code] += 1

    threads = [threading.Thread(target=keep_guessing) for _ in range(guessers)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _say(what: str, found: Sequence[float], answers: Counter[int]) -> None:
    cuts = quantiles(found, n=20) if len(found) > 1 else [found[0]] * 19
    told = ", ".join(f"{number} x {status}" for status, number in sorted(answers.items()))
    print(
        f"{what:32} /theme.css p50 {cuts[9]:7.1f} ms, p95 {cuts[18]:7.1f} ms, "
        f"longest {max(found):7.1f} ms of {len(found)}; guesses: {told or 'none'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
