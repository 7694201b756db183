"""The store in a file: whole after a kill, private, and without what was deleted.

What every store does is in tests/system/webui/test_stores.py.
"""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from webui.sqlite_store import SqliteStore, beside
from webui.user_store import StoreError, UserStore

HEAD = "wenzheng-conversation/c1"
FIRST, SECOND = f"{HEAD}/e1", f"{HEAD}/e2"
NOTE, PIN, GONE = "wenzheng-note/e1.ab", "wenzheng-pinned/c1", "wenzheng-deleted/c1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return beside(tmp_path / "users.json")


@pytest.fixture
def store(path: Path) -> UserStore:
    return SqliteStore(path, "secret")


def kept(store: UserStore, user: str) -> dict[str, str]:
    return dict(store.exchange(user, {}).entries)


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


WRITER = """
import sys
from pathlib import Path
from webui.sqlite_store import SqliteStore
store = SqliteStore(Path(sys.argv[1]), "another secret")
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
        again = SqliteStore(path, "a third")
        assert again.secret == "secret"
        there = kept(again, "anna")
        assert {f"wenzheng-note/{number}" for number in range(last + 1)} <= set(there)
        assert len(there) % 2 == 0  # of what was written at once, all or nothing
        again.forget("anna")
        again.close()


def test_the_file_is_private_and_a_damaged_or_hindered_one_is_said(path: Path) -> None:
    SqliteStore(path, "secret").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreError, match="later version"):
        SqliteStore(path, "secret")
    path.write_bytes(b"no database " * 500)
    with pytest.raises(StoreError, match="damaged"):
        SqliteStore(path, "secret")
    with pytest.raises(StoreError, match="allowed to write there"):
        SqliteStore(path.parent / "missing" / "x.db", "secret")
