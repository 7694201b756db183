"""Users and what they keep, in a file and in PostgreSQL: one contract, both real."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.postgres_server import PostgresServer
from tests.support.serving import ROOT
from tests.support.user_engines import PASSWORD, Engine, in_a_database, in_a_file
from tests.support.waiting import soon
from webui import user_store
from webui.door.attempts import RULES, Key
from webui.door.auth import MAX_TOKENS, UsersError
from webui.user_store import News, StoreFullError, UserStore

HEAD = "wenzheng-conversation/c1"
FIRST, SECOND = f"{HEAD}/e1", f"{HEAD}/e2"
NOTE, PIN, GONE = "wenzheng-note/e1.ab", "wenzheng-pinned/c1", "wenzheng-deleted/c1"
PEOPLE = ("anna", "Anna", "rita", "李雷", "user 0", "user 1")


@pytest.fixture
def file(tmp_path: Path) -> Engine:
    return in_a_file(tmp_path)


@pytest.fixture
def database(postgres: PostgresServer) -> Engine:
    return in_a_database(postgres)


@pytest.fixture(params=["file", "database"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = request.getfixturevalue(request.param)
    made.people(*PEOPLE)
    yield made
    made.close()


@pytest.fixture
def store(engine: Engine) -> UserStore:
    return engine.page()[1]


def kept(store: UserStore, user: str) -> dict[str, str]:
    return dict(store.exchange(user, {}).entries)


# -- what users keep ------------------------------------------------------------------------------


def test_users_do_not_see_each_other(store: UserStore) -> None:
    store.exchange("anna", {HEAD: "港口 🚢", FIRST: "x"})
    store.exchange("Anna", {HEAD: "another"})
    assert kept(store, "anna") == {HEAD: "港口 🚢", FIRST: "x"}
    assert kept(store, "Anna") == {HEAD: "another"}
    for stranger in ("", "rita", "ann", "anna%", "anna' OR '1'='1"):
        assert kept(store, stranger) == {}
    store.exchange("rita", {GONE: "1", HEAD: None})
    assert len(kept(store, "anna")) == 2


def test_a_page_is_told_what_it_does_not_know(store: UserStore) -> None:
    first = store.exchange("anna", {HEAD: "a", FIRST: "b"}, since=0)
    assert (first.keys, first.entries) == (None, {})  # it knows what it sent
    assert store.exchange("anna", {}, since=first.revision) == News(first.revision)
    second = store.exchange("anna", {SECOND: "c", FIRST: None})  # by another browser
    assert sorted(second.keys or ()) == [HEAD, SECOND]
    assert second.entries == {HEAD: "a"}  # of what others wrote
    told = store.exchange("anna", {PIN: "1"}, since=first.revision)
    assert set(told.keys or ()) == {HEAD, SECOND, PIN}
    assert told.entries == {SECOND: "c"}
    # From a backup, or of a user who was deleted: what a page knows is none of it.
    assert store.exchange("anna", {}, since=told.revision + 5).entries == kept(store, "anna")


@pytest.mark.parametrize("seed", range(3))
def test_two_pages_come_to_the_same_whatever_they_do(engine: Engine, seed: int) -> None:
    """Compared with a dict, in which every change is made in the order in which it was sent."""
    choose = random.Random(seed)
    stores = [engine.page()[1] for _ in range(2)]
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
        news = stores[number].exchange("anna", changes, since=since)
        if news.keys is not None:
            texts = {key: text for key, text in texts.items() if key in news.keys}
            texts |= {key: text for key, text in news.entries.items() if key not in changes}
        pages[number] = (texts, news.revision)
        assert texts == truth


def test_what_is_deleted_does_not_come_back(engine: Engine) -> None:
    (_, store), (_, other) = engine.page(), engine.page()
    store.exchange("anna", {HEAD: "title", FIRST: "x", PIN: "1", NOTE: "note"})
    store.exchange("rita", {HEAD: "hers"})
    other.exchange("anna", {GONE: "1", PIN: None})
    store.exchange("anna", {SECOND: "x", HEAD: "title"})  # it has not heard of it
    assert kept(store, "anna") == {GONE: "1", NOTE: "note"}
    assert kept(store, "rita") == {HEAD: "hers"}
    others = ("c10", "c-", "c.x", "c0", "C")  # whose names begin so
    for one in ("c", *others):
        store.exchange("anna", {f"wenzheng-conversation/{one}": "x"})
    store.exchange("anna", {"wenzheng-deleted/c": "1"})
    there = {key for key in kept(store, "anna") if key.startswith("wenzheng-conversation/")}
    assert there == {f"wenzheng-conversation/{one}" for one in others}


def test_a_removed_user_leaves_nothing(engine: Engine) -> None:
    _, store = engine.page()
    store.exchange("anna", {FIRST: "x"})
    store.exchange("rita", {FIRST: "x", SECOND: "y"})
    assert store.holds("rita")
    assert (store.forget("rita"), store.forget("rita")) == (2, 0)
    assert not store.holds("rita")
    register = engine.register()
    register.remove("anna")
    with pytest.raises(UsersError, match="holds no user"):
        register.remove("anna")
    assert not store.holds("anna")
    assert register.add("anna", PASSWORD, None)
    assert not register.keeps("anna")
    assert kept(store, "anna") == {}


@pytest.mark.parametrize(
    "key",
    ["", "secret", "wenzheng-theme", "wenzheng-conversation/", f"{FIRST}/x", "wenzheng-note/a/b",
     "wenzheng-note/../x", "wenzheng-deleted/%", f"{HEAD}\n", "wenzheng-note/" + "x" * 200],
)  # fmt: skip
def test_what_is_no_key_is_refused(key: str) -> None:
    """By the rule that both go by: see below."""
    with pytest.raises(ValueError, match="no key"):
        user_store.check_keys({HEAD: "x", key: "x"})


def test_with_what_is_refused_nothing_is_written(
    store: UserStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="no key"):
        store.exchange("anna", {HEAD: "x", "secret": "x"})
    with pytest.raises(ValueError, match="surrogates"):
        store.exchange("anna", {HEAD: "x", NOTE: "\ud83d"})
    assert kept(store, "anna") == {}
    store.exchange("anna", {FIRST: "x" * 100, SECOND: "y"})
    monkeypatch.setattr(user_store, "MAX_CHARS", 120)
    for changes in ({NOTE: "z" * 50}, {FIRST: "x" * 101}):
        with pytest.raises(StoreFullError):
            store.exchange("anna", changes)
    store.exchange("anna", {SECOND: None})  # what is there can always be deleted
    store.exchange("rita", {NOTE: "z" * 50})
    assert kept(store, "anna") == {FIRST: "x" * 100}
    monkeypatch.setattr(user_store, "MAX_ENTRIES", 1)
    with pytest.raises(StoreFullError):
        store.exchange("rita", {PIN: "1"})


WRITER = """
import sys
from pathlib import Path
from webui.door.places import place
from webui.user_places import open_place
name, count = sys.argv[2], int(sys.argv[3])
accounts, store = open_place(place(sys.argv[1]), "another secret")
since = 0
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    conversation = {"wenzheng-conversation/c1/" + name: "x", "wenzheng-conversation/c1": "title"}
    note = {f"wenzheng-note/{name}-{number}": "x" * 500, f"wenzheng-pinned/{name}-{number}": "1"}
    news = store.exchange("anna", note | conversation, since=since)
    assert news.revision > since, (news.revision, since)
    since = news.revision
"""


def test_processes_that_write_for_one_user_at_once_lose_nothing(engine: Engine) -> None:
    """Who follows hears of everything, and what is deleted in between stays so."""
    count, names = 40, ("a", "b", "c")
    _, store = engine.page()
    texts: dict[str, str] = {}
    since, is_deleted = 0, False
    with ExitStack() as stack:
        writers = [stack.enter_context(writer(engine, name, count)) for name in names]
        for each in writers:
            assert each.stdin is not None
            each.stdin.write(b"\n")
            each.stdin.flush()
        is_over = False
        while not is_over:
            is_over = all(each.poll() is not None for each in writers)
            is_late = not is_deleted and (is_over or len(texts) > 2 * count)
            news = store.exchange("anna", {GONE: "1"} if is_late else {}, since=since)
            is_deleted |= is_late
            if is_late:  # as a page does
                texts = {key: text for key, text in texts.items() if not key.startswith(HEAD)}
            since = news.revision
            if news.keys is not None:
                texts = {key: text for key, text in texts.items() if key in news.keys}
                texts |= news.entries
            if is_deleted and news.keys is not None:
                assert not [key for key in news.keys if key.startswith(HEAD)]
    assert [each.returncode for each in writers] == [0] * len(names)
    expected = {
        f"wenzheng-{kind}/{name}-{number}"
        for kind in ("note", "pinned")
        for name in names
        for number in range(count)
    } | {GONE}
    assert set(kept(store, "anna")) == expected
    assert set(texts) | {GONE} == expected


def writer(engine: Engine, name: str, count: int) -> subprocess.Popen[bytes]:
    """A page of its own, which writes when it is told to."""
    place = getattr(engine.place, "url", str(engine.place))
    command = [sys.executable, "-c", WRITER, place, name, str(count)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def test_threads_lose_nothing_of_each_other(store: UserStore) -> None:
    def write(thread: int) -> None:
        for number in range(20):
            store.exchange(f"user {thread % 2}", {f"wenzheng-note/{thread}-{number}": "x"})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(kept(store, f"user {number}")) for number in range(2)] == [120, 120]


def test_what_is_kept_is_sealed_with_one_secret(engine: Engine) -> None:
    assert {engine.page()[1].secret for _ in range(3)} == {"secret 0"}


# -- who may log in -------------------------------------------------------------------------------


def test_changes_of_users_hold_on_every_page(engine: Engine) -> None:
    register = engine.register()
    (one, _), (other, _) = engine.page(), engine.page()
    rolls = (one.roll, other.roll)
    before = other.roll.mark("rita")
    assert other.roll.check("rita", PASSWORD) == before is not None
    assert other.roll.check("rita", "wrong horse") is None
    assert other.roll.check("nobody", PASSWORD) is None

    assert not register.add("rita", "another horse", "reader")
    other.roll.mark("rita")  # the door asks for it first
    assert other.roll.check("rita", PASSWORD) is None  # at once
    assert other.roll.check("rita", "another horse") is not None
    assert soon(lambda: all(roll.mark("rita") != before for roll in rolls))
    assert soon(lambda: all(roll.role("rita") == "reader" for roll in rolls))
    assert not register.add(" rita ", PASSWORD, None)  # as before
    assert soon(lambda: all(roll.mark("rita") for roll in rolls))
    assert one.roll.role("rita") == "reader"
    assert (one.roll.role("anna"), one.roll.role("nobody")) == ("editor", "reader")

    assert register.add("新来的", PASSWORD, None)
    assert soon(lambda: all(roll.role("新来的") == "editor" for roll in rolls))
    register.remove("新来的")
    assert soon(lambda: all(roll.mark("新来的") is None for roll in rolls))
    for name, password in (("", PASSWORD), ("x" * 257, PASSWORD), ("x", "short")):
        with pytest.raises(UsersError):
            register.add(name, password, None)


def test_tokens_are_kept_as_hashes_and_end(engine: Engine) -> None:
    register = engine.register()
    (one, _), (other, _) = engine.page(), engine.page()
    token = register.add_token("李雷")
    assert soon(lambda: one.roll.bearer(token) == other.roll.bearer(token) == "李雷")
    for wrong in ("", "wz-", token[:-1], f"{token}x", "令牌\ud83d"):
        assert other.roll.bearer(wrong) is None
    stored = (
        engine.sql("TABLE wenzheng_tokens")
        if engine.is_shared
        else (Path(str(engine.place)).read_text("utf-8"))
    )
    assert token not in stored
    assert register.remove_tokens("李雷") == 1
    assert soon(lambda: one.roll.bearer(token) is other.roll.bearer(token) is None)
    for _ in range(MAX_TOKENS):
        last = register.add_token("李雷")
    with pytest.raises(UsersError, match="--remove-tokens"):
        register.add_token("李雷")
    for call in (register.add_token, register.remove_tokens):
        with pytest.raises(UsersError, match="It holds: .*rita"):
            call("nobody")
    register.remove("李雷")
    assert soon(lambda: one.roll.bearer(last) is None)


def test_a_session_is_its_users_until_it_ends(engine: Engine) -> None:
    accounts, _ = engine.page()
    register, visits = engine.register(), accounts.visits

    def user(token: str) -> str | None:
        accounts.refresh(token)
        return visits.user(token)

    def begin(name: str) -> str:
        return visits.begin(name, accounts.roll.mark(name) or "")

    tokens = [begin("anna") for _ in range(25)]
    assert len(set(tokens)) == 25
    assert [user(token) for token in tokens] == [None] * 5 + ["anna"] * 20
    assert accounts.is_current(tokens[-1])
    for wrong in ("", "x", tokens[-1][:-1], "\udcff名"):
        assert user(wrong) is None
    visits.end(tokens[-1])
    visits.end("")
    visits.end("no session")
    assert user(tokens[-1]) is None
    assert user(tokens[-2]) == "anna"
    rita = begin("rita")
    assert user(rita) == "rita"
    register.add("anna", "another horse", None)
    assert soon(lambda: visits.user(tokens[-2], using=False) is None)
    register.remove("rita")
    assert soon(lambda: visits.user(rita, using=False) is None)
    assert begin("nobody")
    assert user(visits.begin("李雷", "of another password")) is None


def test_guesses_at_the_same_moment_are_all_counted(engine: Engine) -> None:
    accounts, _ = engine.page()
    free = RULES["pair"].free
    pair: list[Key] = [("pair", "192.0.2.1 anna"), ("address", "192.0.2.1"), ("name", "anna")]
    waits = [accounts.guesses.begin(pair) for _ in range(free + 3)]
    assert [wait > 0 for wait in waits] == [False] * free + [True] * 3
    assert 9 < waits[-1] <= 10
    accounts.guesses.right(pair)
    assert [accounts.guesses.begin(pair) > 0 for _ in range(free + 1)] == [False] * free + [True]
    address: list[Key] = [("address", "192.0.2.1")]
    # What was right is forgiven its name, and of its address only itself.
    left = RULES["address"].free - (2 * free - 1)
    assert [accounts.guesses.begin(address) > 0 for _ in range(left + 1)] == [False] * left + [True]
