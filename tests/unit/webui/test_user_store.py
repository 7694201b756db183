"""What users keep: apart from each other, whole after a kill, and gone once it is deleted."""

import random
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from webui import user_store
from webui.user_store import News, StoreError, StoreFullError, UserStore, beside

HEAD = "wenzheng-conversation/c1"
FIRST, SECOND = f"{HEAD}/e1", f"{HEAD}/e2"
NOTE, PIN, GONE = "wenzheng-note/e1.ab", "wenzheng-pinned/c1", "wenzheng-deleted/c1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return beside(tmp_path / "users.json")


@pytest.fixture
def store(path: Path) -> UserStore:
    return UserStore(path, "secret")


def kept(store: UserStore, user: str) -> dict[str, str]:
    return dict(store.exchange(user, {}).entries)


def test_users_do_not_see_each_other(store: UserStore) -> None:
    store.exchange("anna", {HEAD: "港口 🚢", FIRST: "x"})
    store.exchange("Anna", {HEAD: "another"})
    assert kept(store, "anna") == {HEAD: "港口 🚢", FIRST: "x"}
    assert kept(store, "Anna") == {HEAD: "another"}
    for stranger in ("", "rita", "ann", "anna%", "anna' OR '1'='1", "anna\0"):
        assert kept(store, stranger) == {}
    store.exchange("rita", {GONE: "1", HEAD: None})
    assert len(kept(store, "anna")) == 2


def test_a_page_is_told_what_it_does_not_know(store: UserStore) -> None:
    first = store.exchange("anna", {HEAD: "a", FIRST: "b"}, since=0)
    assert (first.keys, first.entries) == (None, {})  # it knows what it sent
    assert store.exchange("anna", {}, since=first.revision) == News(first.revision)
    second = store.exchange("anna", {SECOND: "c", FIRST: None})  # by another browser
    assert second.keys == [HEAD, SECOND]
    assert second.entries == {HEAD: "a"}  # of what others wrote
    told = store.exchange("anna", {PIN: "1"}, since=first.revision)
    assert told.keys is not None
    assert set(told.keys) == {HEAD, SECOND, PIN}
    assert told.entries == {SECOND: "c"}
    # From a backup, or of a user who was deleted: what a page knows is none of it.
    assert store.exchange("anna", {}, since=told.revision + 5).entries == kept(store, "anna")


@pytest.mark.parametrize("seed", range(5))
def test_two_pages_come_to_the_same_whatever_they_do(store: UserStore, seed: int) -> None:
    """Compared with a dict, in which every change is made in the order in which it was sent."""
    choose = random.Random(seed)
    keys = [f"wenzheng-note/{n}" for n in range(6)]
    pages: list[tuple[dict[str, str], int]] = [({}, 0), ({}, 0)]
    truth: dict[str, str] = {}
    for step in range(60):
        number = choose.randrange(2)
        texts, since = pages[number]
        some = choose.sample(keys, choose.randrange(3))
        changes = {key: choose.choice([None, f"{step}"]) for key in some}
        for place in (texts, truth):
            for key, text in changes.items():
                place.pop(key, None)
                if text is not None:
                    place[key] = text
        news = store.exchange("anna", changes, since=since)
        if news.keys is not None:
            texts = {key: text for key, text in texts.items() if key in news.keys}
            texts |= {key: text for key, text in news.entries.items() if key not in changes}
        pages[number] = (texts, news.revision)
        assert texts == truth


def test_what_is_deleted_does_not_come_back_and_is_in_no_file(store: UserStore, path: Path) -> None:
    text = "gAAAAsealed" * 3000  # more than a page of the file
    store.exchange("anna", {HEAD: "title", FIRST: text, PIN: "1", NOTE: "note"})
    store.exchange("rita", {HEAD: "hers"})
    assert b"gAAAAsealed" in path.read_bytes()
    store.exchange("anna", {GONE: "1", PIN: None})
    # A page that has not heard of it writes on.
    store.exchange("anna", {SECOND: text, HEAD: "title"})
    assert kept(store, "anna") == {GONE: "1", NOTE: "note"}
    assert kept(store, "rita") == {HEAD: "hers"}
    for file in path.parent.iterdir():
        assert b"gAAAAsealed" not in file.read_bytes()
    store.exchange("anna", {"wenzheng-deleted/c": "1", "wenzheng-conversation/c10": "x"})
    assert "wenzheng-conversation/c10" in kept(store, "anna")  # another of which that is the start


def test_a_removed_user_leaves_nothing(store: UserStore, path: Path) -> None:
    store.exchange("anna", {FIRST: "gAAAAsealed"})
    assert store.holds("anna")
    assert store.forget("anna") == 1
    assert not store.holds("anna")
    assert store.forget("anna") == 0
    assert b"gAAAAsealed" not in path.read_bytes()


@pytest.mark.parametrize(
    "key",
    ["", "secret", "wenzheng-theme", "wenzheng-conversation/", f"{FIRST}/x", "wenzheng-note/a/b",
     "wenzheng-note/../x", "wenzheng-deleted/%", f"{HEAD}\n", "wenzheng-note/" + "x" * 200],
)  # fmt: skip
def test_what_is_no_key_is_refused_with_all_that_comes_with_it(store: UserStore, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        store.exchange("anna", {HEAD: "x", key: "x"})
    assert kept(store, "anna") == {}


def test_there_is_a_most_and_what_is_there_can_always_be_deleted(
    store: UserStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.exchange("anna", {FIRST: "x" * 100, SECOND: "y"})
    monkeypatch.setattr(user_store, "MAX_CHARS", 120)
    for changes in ({NOTE: "z" * 50}, {FIRST: "x" * 101}):
        with pytest.raises(StoreFullError):
            store.exchange("anna", changes)
    store.exchange("anna", {SECOND: None})
    store.exchange("rita", {NOTE: "z" * 50})
    assert kept(store, "anna") == {FIRST: "x" * 100}
    monkeypatch.setattr(user_store, "MAX_ENTRIES", 1)
    with pytest.raises(StoreFullError):
        store.exchange("rita", {PIN: "1"})


def test_threads_lose_nothing_of_each_other(store: UserStore) -> None:
    def write(thread: int) -> None:
        for number in range(20):
            store.exchange(f"user {thread % 2}", {f"wenzheng-note/{thread}-{number}": "x"})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(kept(store, f"user {number}")) for number in range(2)] == [60, 60]


WRITER = """
import sys
from pathlib import Path
from webui.user_store import UserStore
store = UserStore(Path(sys.argv[1]), "another secret")
for number in range(100_000):
    both = {f"wenzheng-note/{number}": "x" * 3000, f"wenzheng-pinned/{number}": "1"}
    store.exchange("anna", both)
    print(number, flush=True)
"""


def test_a_kill_loses_nothing_that_was_acknowledged(store: UserStore, path: Path) -> None:
    store.close()
    for _ in range(3):
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            while int(writer.stdout.readline()) < 20:
                pass
            writer.kill()
            last = max([20, *map(int, writer.stdout.read().split()[:-1])])
        again = UserStore(path, "a third")
        assert again.secret == "secret"
        there = kept(again, "anna")
        assert {f"wenzheng-note/{number}" for number in range(last + 1)} <= set(there)
        assert len(there) % 2 == 0  # of what was written at once, all or nothing
        again.forget("anna")
        again.close()


def test_the_file_is_private_and_a_damaged_or_hindered_one_is_said(path: Path) -> None:
    UserStore(path, "secret").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreError, match="later version"):
        UserStore(path, "secret")
    path.write_bytes(b"no database " * 500)
    with pytest.raises(StoreError, match="damaged"):
        UserStore(path, "secret")
    with pytest.raises(StoreError, match="allowed to write there"):
        UserStore(path.parent / "missing" / "x.db", "secret")
