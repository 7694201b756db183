"""Users in PostgreSQL: two pages that serve the same, and what happens when the server is away."""

import io
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

import ui
from tests.support.postgres_server import PASSWORD as SECRET
from tests.support.postgres_server import PASSWORD_IN_URL, PostgresServer
from tests.support.serving import DOCUMENTS, ROOT, Server, free_port, write_corpus
from tests.support.user_engines import PASSWORD, Engine, in_a_database, in_a_file
from tests.support.waiting import PATIENCE, soon
from webui.door import auth
from webui.door.attempts import MOST, RULES, Key
from webui.door.places import PostgresAddress
from webui.texts import TEXTS
from webui.user_store import StoreAwayError, StoreError

ENTRY = "wenzheng-conversation/c1/e1"
AWAY_SECONDS = 8.0
"""Within so many is it said that the server does not answer, or is gone on with when it does."""


@pytest.fixture
def engine(postgres: PostgresServer) -> Iterator[Engine]:
    made = in_a_database(postgres)
    yield made
    made.close()


def run(monkeypatch: pytest.MonkeyPatch, place: str, *options: str, typed: str = PASSWORD) -> int:
    """Run a command of the users that WENZHENG_AUTH names."""
    monkeypatch.setenv("WENZHENG_AUTH", place)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    return ui.main(list(options))


def url(engine: Engine) -> str:
    assert isinstance(engine.place, PostgresAddress)
    return engine.place.url


# -- the commands, and what is said where there is no such database --------------------------------


def test_users_are_changed_by_the_same_commands(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = url(engine).replace(f":{PASSWORD_IN_URL}@", "@")
    monkeypatch.setenv("PGPASSWORD", SECRET)
    assert run(monkeypatch, place) == 1  # there is nobody yet
    assert "--add-user NAME" in capsys.readouterr().err
    assert run(monkeypatch, place, "--add-user", "李雷", "--role", "reader") == 0
    accounts, _ = engine.page()
    assert accounts.roll.role("李雷") == "reader"
    assert accounts.roll.check("李雷", PASSWORD)
    assert run(monkeypatch, place, "--add-token", "李雷") == 0
    token = capsys.readouterr().out.strip()
    assert soon(lambda: accounts.roll.bearer(token) == "李雷")
    assert run(monkeypatch, place, "--remove-tokens", "李雷") == 0
    assert run(monkeypatch, place, "--add-user", "a\0b") == 1
    assert run(monkeypatch, place, "--remove-user", "a\0b") == 1
    assert run(monkeypatch, place, "--remove-user", "李雷") == 0
    assert soon(lambda: accounts.roll.mark("李雷") is None)
    assert run(monkeypatch, place, "--remove-user", "李雷") == 1
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err


def wrong_password(engine: Engine) -> str:
    return url(engine).replace(PASSWORD_IN_URL, f"x{PASSWORD_IN_URL}")


def no_database(engine: Engine) -> str:
    return f"{url(engine)}x"


def nobody_there(engine: Engine) -> str:
    return url(engine).replace(f":{engine.server.port}/", f":{free_port()}/")


def no_address(engine: Engine) -> str:
    return url(engine).replace("//wenzheng:", "//wen%zheng:")


def other_scheme(engine: Engine) -> str:
    return url(engine).replace("postgresql:", "mysql:")


def later_version(engine: Engine) -> str:
    engine.register()
    engine.sql("UPDATE wenzheng_state SET version = 99")
    return url(engine)


def read_only(engine: Engine) -> str:
    name = url(engine).rpartition("/")[2]
    engine.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    return url(engine)


def no_right(engine: Engine) -> str:
    engine.register()
    role = "r" + url(engine).rpartition("/")[2]
    engine.sql(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'")
    return url(engine).replace("//wenzheng:", f"//{role}:")


def other_encoding(engine: Engine) -> str:
    name = url(engine).rpartition("/")[2]
    engine.sql(f"CREATE DATABASE {name}l ENCODING 'LATIN1' TEMPLATE template0")
    return f"{url(engine)}l"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (wrong_password, "password authentication failed"),
        (no_database, "does not exist"),
        (nobody_there, "Connection refused"),
        (no_address, "is no address of a database"),
        (other_scheme, "Users are in a FILE, or in postgresql://"),
        (later_version, "later version"),
        (read_only, "read-only"),
        (no_right, "permission denied"),
        (other_encoding, "createdb --encoding UTF8"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(
    place: Callable[[Engine], str],
    said: str,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    begun = time.monotonic()
    assert run(monkeypatch, place(engine), "--add-user", "anna") == 1
    assert time.monotonic() - begun < PATIENCE
    told = capsys.readouterr().err
    assert said in told
    for secret in (SECRET, PASSWORD_IN_URL):
        assert secret not in told


@pytest.mark.parametrize("form", ["//anna:{0}@127.0.0.1/x", "//127.0.0.1/x?user=a&password={0}"])
def test_a_password_on_the_command_line_is_refused(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        ui.main(["--auth", "postgresql:" + form.format(PASSWORD_IN_URL), "--add-user", "anna"])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "WENZHENG_AUTH" in told
    assert PASSWORD_IN_URL not in told


def test_without_psycopg_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for options in ([], ["--add-user", "anna"]):
        assert run(monkeypatch, "postgresql://127.0.0.1/x", *options) == 1
        assert "pip install -r requirements-postgres.txt" in capsys.readouterr().err


# -- what is in the database -----------------------------------------------------------------------


def test_pages_that_come_at_once_make_the_tables_once(engine: Engine) -> None:
    from webui.postgres.database import Database
    from webui.postgres.schema import prepare, shared_secret

    def come(number: int) -> str:
        database = Database(PostgresAddress(url(engine)))
        together.wait()
        try:
            prepare(database)
            return shared_secret(database, f"secret {number}")
        finally:
            database.close()

    together = threading.Barrier(8)
    with ThreadPoolExecutor(8) as pages:
        secrets = list(pages.map(come, range(8)))
    assert len(set(secrets)) == 1
    assert engine.sql("SELECT count(*), max(version) FROM wenzheng_state") == "1|1"


def test_connections_that_the_server_has_closed_are_replaced(engine: Engine) -> None:
    engine.people("anna")
    accounts, store = engine.page()
    together = threading.Barrier(4)

    def exchange_at_once(number: int) -> None:
        together.wait()
        store.exchange("anna", {f"wenzheng-note/{number}": "x" * 100_000})

    for _ in range(2):
        with ThreadPoolExecutor(4) as many:
            list(many.map(exchange_at_once, range(4)))
        closed = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
        name = url(engine).rpartition("/")[2]
        assert int(engine.sql(f"{closed}'{name}' AND pid <> pg_backend_pid()")) >= 2
    assert len(store.exchange("anna", {}).entries) == 4  # as if nothing had been
    assert accounts.roll.mark("anna")


def test_with_a_user_goes_all_that_is_his(engine: Engine) -> None:
    engine.people("anna", "rita")
    accounts, store = engine.page()
    register = engine.register()
    for name in ("anna", "rita"):
        accounts.visits.begin(name, accounts.roll.mark(name) or "")
        register.add_token(name)
        store.exchange(name, {ENTRY: "x"})
    register.remove("anna")
    with pytest.raises(StoreError, match="no user any more"):  # by a page that has not heard of it
        store.exchange("anna", {ENTRY: "x"})
    for table in ("users", "tokens", "sessions", "kept"):
        assert engine.sql(f"SELECT DISTINCT name FROM wenzheng_{table}") == "rita"
    store.exchange("rita", {ENTRY: "gAAAAsealed", "wenzheng-note/a": "n"})
    store.exchange("rita", {"wenzheng-deleted/c1": "1"})
    there = "SELECT key FROM wenzheng_kept WHERE name = 'rita' ORDER BY key"
    assert engine.sql(there).split() == ["wenzheng-deleted/c1", "wenzheng-note/a"]
    for name, text in (("rita", "x\0"), ("rita\0", "x")):
        with pytest.raises(ValueError, match="NUL"):
            store.exchange(name, {ENTRY: text})


def test_sessions_and_guesses_end_by_the_clock_of_the_database(engine: Engine) -> None:
    engine.people("anna")
    accounts, _ = engine.page()
    visits, guesses = accounts.visits, accounts.guesses

    def later(hours: float) -> None:
        for table, times in (("sessions", ("begun", "used")), ("guesses", ("last",))):
            turned = ", ".join(f"{each} = {each} - interval '{hours} h'" for each in times)
            engine.sql(f"UPDATE wenzheng_{table} SET {turned}")

    token = visits.begin("anna", accounts.roll.mark("anna") or "")
    is_noted = "SELECT count(*) FROM wenzheng_sessions WHERE used > now() - interval '1 min'"
    for hours in (11.9, 11.9, 11.9, 6 * 24 - 3 * 11.9):
        accounts.refresh(token)
        assert visits.user(token) == "anna"
        assert soon(lambda: engine.sql(is_noted) == "1")
        accounts._sessions.clear()  # as another page, which has not met it
        later(hours)
        engine.sql("UPDATE wenzheng_sessions SET used = greatest(used, now() - interval '11.9 h')")
    accounts.refresh(token)
    visits.user(token, using=False)
    later(24)  # a week
    engine.sql("UPDATE wenzheng_sessions SET used = now()")
    accounts._sessions.clear()
    accounts.refresh(token)
    assert visits.user(token) is None
    unused = visits.begin("anna", accounts.roll.mark("anna") or "")
    later(12.1)
    accounts.refresh(unused)
    assert visits.user(unused) is None
    visits.begin("anna", accounts.roll.mark("anna") or "")
    assert engine.sql("SELECT count(*) FROM wenzheng_sessions") == "1"

    pair: list[Key] = [("pair", "y")]
    other, _ = engine.page()
    pages = [guesses, other.guesses] * 10
    with ThreadPoolExecutor(20) as many:
        waits = list(many.map(lambda page: page.begin(pair), pages))
    assert sum(wait == 0 for wait in waits) == RULES["pair"].free  # counted one after the other
    pair = [("pair", "x")]
    while not guesses.begin(pair):
        pass
    later(11 / 3600)
    assert guesses.begin(pair) == 0
    assert 18 < guesses.begin(pair) <= 20
    later(25)
    assert [guesses.begin(pair) > 0 for _ in range(6)] == [False] * 5 + [True]
    engine.sql(
        "INSERT INTO wenzheng_guesses SELECT int8send(n), 1, now() - interval '1 h' "
        f"FROM generate_series(1, {MOST + 50}) AS n"
    )
    guesses.begin([("name", "y")])
    assert engine.sql("SELECT count(*) FROM wenzheng_guesses") == str(MOST)


def test_users_of_a_file_move_with_all_they_keep(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = in_a_file(tmp_path)
    before.people("anna", "李雷")
    assert isinstance(before.place, Path)
    auth.add_user(before.place, "rita", "another horse", role="reader")
    token = auth.add_token(before.place, "rita")
    kept = {ENTRY: "港口 🚢", "wenzheng-note/a": "n" * 5000}
    _, store = before.page()
    store.exchange("anna", kept)
    store.exchange("removed by hand", {ENTRY: "x"})
    assert run(monkeypatch, url(engine), "--move-users", str(tmp_path / "none.json")) == 1
    assert run(monkeypatch, url(engine), "--move-users", str(before.place)) == 0
    assert "3 users and 2 texts" in capsys.readouterr().err
    accounts, moved = engine.page()
    assert moved.secret == store.secret
    assert moved.exchange("anna", {}).entries == kept
    assert moved.exchange("李雷", {}).entries == {}
    assert accounts.roll.check("rita", "another horse")
    assert (accounts.roll.role("rita"), accounts.roll.role("anna")) == ("reader", "editor")
    assert accounts.roll.bearer(token) == "rita"
    assert run(monkeypatch, url(engine), "--move-users", str(before.place)) == 1
    assert "holds users already" in capsys.readouterr().err
    assert run(monkeypatch, str(before.place), "--move-users", str(before.place)) == 1
    before.close()


# -- two pages -------------------------------------------------------------------------------------


class Pages(NamedTuple):
    """Two pages of the same users, each with a cache folder of its own, as on two machines."""

    one: Server
    other: Server
    engine: Engine

    @contextmanager
    def logged_in(self, name: str, *, at: Server | None = None) -> Iterator[httpx.Client]:
        with browser(at or self.one) as client:
            said = {"username": name, "password": PASSWORD}
            assert client.post("/login", data=said).status_code == 303
            yield client

    def beside(self, client: httpx.Client) -> httpx.Client:
        """The same browser at the other page: cookies are one jar for all ports."""
        again = browser(self.other)
        again.cookies = client.cookies
        return again


def browser(page: Server, address: str = "192.0.2.1") -> httpx.Client:
    headers = {"x-forwarded-for": address, "accept-language": "en"}
    return httpx.Client(base_url=page.url, headers=headers, trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def pages(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("pages")
    corpus = write_corpus(folder / "corpus", DOCUMENTS)
    engine = in_a_database(postgres)
    engine.people("anna", "ben", "rita")
    options = ["--embedder", "fake", "--reader", "similarity"]
    update = [sys.executable, "-m", "index", "update", "--embedder", "fake"]
    place = ["--corpus", str(corpus), "--index-dir", str(folder / "built")]
    subprocess.run([*update, *place], cwd=ROOT, check=True, capture_output=True)
    made = [
        Server(
            corpus,
            folder / "built",
            options=options,
            environment={
                "WENZHENG_AUTH": url(engine),
                "WENZHENG_CACHE_DIR": str(folder / f"cache {number}"),
            },
        )
        for number in range(2)
    ]
    with ThreadPoolExecutor(2) as starting:
        list(starting.map(Server.start, made))
    try:
        yield Pages(*made, engine)
    finally:
        for page in made:
            page.interrupt()
        for page in made:
            page.wait()
        engine.close()
    for page in made:
        assert "Traceback" not in page.log
        assert SECRET not in page.log
        assert PASSWORD_IN_URL not in page.log


def exchange(client: httpx.Client, changes: dict[str, Any], since: int = 0) -> Any:
    return client.post("/kept", json={"changes": changes, "since": since})


def status(client: httpx.Client, path: str = "/config") -> int:
    return client.get(path).status_code


def test_what_one_page_knows_the_other_does(pages: Pages) -> None:
    with pages.logged_in("anna") as here, pages.beside(here) as there:
        assert status(there) == 200  # at once, by another page than the one that logged in
        assert exchange(here, {ENTRY: "x", "wenzheng-note/a": "n"}).status_code == 200
        assert exchange(there, {}).json()["entries"] == {ENTRY: "x", "wenzheng-note/a": "n"}
        exchange(there, {"wenzheng-deleted/c1": "1"})
        exchange(here, {ENTRY: "x again"})  # it has not heard of it
        assert ENTRY not in exchange(there, {}).json()["keys"]
        assert here.post("/logout").status_code == 303
        assert status(here) == 401
        here.cookies.update(there.cookies)
        assert soon(lambda: status(there) == 401)
    with pages.logged_in("anna", at=pages.other) as again:
        left = {"wenzheng-deleted/c1", "wenzheng-note/a"}
        assert set(exchange(again, {}).json()["keys"]) == left


def test_a_change_of_users_holds_on_both(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = url(pages.engine)

    def upload(client: httpx.Client) -> int:
        return client.post("/gradio_api/upload", files={"files": b"x"}).status_code

    with pages.logged_in("ben") as here, pages.beside(here) as there:
        assert [status(each) for each in (here, there)] == [200, 200]
        assert upload(there) == 200
        # With the role comes a password; who has another is out.
        assert run(monkeypatch, place, "--add-user", "ben", "--role", "reader") == 0
        assert soon(lambda: [status(each) for each in (here, there)] == [401, 401])
    with pages.logged_in("ben") as here, pages.beside(here) as there:
        assert [upload(each) for each in (here, there)] == [403, 403]
        exchange(here, {ENTRY: "his"})
        assert run(monkeypatch, place, "--add-token", "ben") == 0
        token = capsys.readouterr().out.strip()
        with browser(pages.other) as program:
            program.headers["authorization"] = f"Bearer {token}"
            assert soon(lambda: status(program, "/v1/models") == 200)
            assert run(monkeypatch, place, "--remove-user", "ben") == 0
            assert soon(lambda: [status(each) for each in (here, there)] == [401, 401])
            assert soon(lambda: status(program, "/v1/models") == 401)
    assert run(monkeypatch, place, "--add-user", "ben") == 0
    with pages.logged_in("ben", at=pages.other) as again:
        assert exchange(again, {}).json()["entries"] == {}
    assert run(monkeypatch, place, "--remove-user", "nobody") == 1


def test_who_guesses_at_two_pages_waits_at_both(pages: Pages) -> None:
    wrong = {"username": "rita", "password": "wrong horse"}
    with browser(pages.one, "198.51.100.9") as here, browser(pages.other, "198.51.100.9") as there:
        free = RULES["pair"].free
        answers = [(here, there)[number % 2].post("/login", data=wrong) for number in range(free)]
        assert [answer.status_code for answer in answers] == [401] * free
        assert here.post("/login", data=wrong).status_code == 429
        assert there.post("/login", data=wrong).status_code == 429
    with pages.logged_in("rita"):
        pass


def test_no_password_is_in_what_others_on_the_machine_may_read(pages: Pages) -> None:
    for page in (pages.one, pages.other):
        assert page.process is not None
        shown = Path(f"/proc/{page.process.pid}/cmdline").read_text("utf-8")
        assert "ui.py" in shown
        assert SECRET not in shown
        assert PASSWORD_IN_URL not in shown


def test_while_the_server_is_away_that_is_said_and_then_all_goes_on(
    pages: Pages, postgres: PostgresServer
) -> None:
    with pages.logged_in("anna") as anna, pages.beside(anna) as there, browser(pages.one) as new:
        assert exchange(anna, {"wenzheng-note/before": "kept"}).status_code == 200
        assert status(there, "/health") in (200, 503)
        with away(postgres):
            for client in (anna, there):
                assert said_away(client, "/config")
            for path in ("/", "/en", "/login"):
                assert said_away(new, path)
            said = {"username": "rita", "password": PASSWORD}
            begun = time.monotonic()
            answer = new.post("/login", data=said)
            assert answer.status_code == 503
            assert TEXTS["en"].errors["users_away"] in answer.text
            assert exchange(anna, {"wenzheng-note/away": "x"}).status_code == 503
            event = anna.post("/gradio_api/queue/join", json={})
            assert event.json()["detail"] == TEXTS["en"].errors["users_away"]
            assert new.get("/health").json() == {"status": "no users"}
            assert anna.post("/logout").status_code == 503
            chinese = new.get("/login", headers={"accept-language": "zh-CN"})
            assert TEXTS["zh"].errors["users_away"] in chinese.text
            assert time.monotonic() - begun < 3 * PATIENCE  # eight requests
        # Who was logged in still is; each page finds out for itself, and may take its time for it.
        assert soon(lambda: [status(each) for each in (anna, there)] == [200, 200], AWAY_SECONDS)
        assert "wenzheng-note/before" in exchange(there, {}).json()["keys"]
        assert exchange(anna, {"wenzheng-note/after": "x"}).status_code == 200


@contextmanager
def away(postgres: PostgresServer) -> Iterator[None]:
    """Within it, the server is killed."""
    postgres.kill()
    try:
        yield
    finally:
        postgres.start()


def said_away(client: httpx.Client, path: str) -> bool:
    """Whether it is said, within seconds, in the language of who asks."""
    begun = time.monotonic()
    answer = client.get(path)
    while answer.status_code != 503 and time.monotonic() - begun < PATIENCE:
        answer = client.get(path)
    assert time.monotonic() - begun < PATIENCE
    return TEXTS["en"].errors["users_away"] in answer.text and "retry-after" in answer.headers


@pytest.mark.slow
def test_a_server_that_is_silent_holds_nobody_up(pages: Pages, postgres: PostgresServer) -> None:
    """Frozen, it takes connections and answers none."""
    with pages.logged_in("anna") as anna, ThreadPoolExecutor(20) as many:
        with postgres.frozen():
            time.sleep(2)
            begun = time.monotonic()
            answers = list(many.map(lambda _: status(anna), range(60)))
            assert answers == [503] * 60
            assert time.monotonic() - begun < 3 * PATIENCE
            assert anna.get("/favicon.ico").status_code == 200
        assert soon(lambda: status(anna) == 200, AWAY_SECONDS)


@pytest.mark.slow
def test_what_is_being_sent_ends_when_the_server_stays_away(
    engine: Engine, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.postgres.accounts._SENT_ON_SECONDS", 5.0)
    engine.people("anna")
    accounts, _ = engine.page()
    token = engine.register().add_token("anna")
    assert soon(lambda: accounts.roll.bearer(token) == "anna")
    session = accounts.visits.begin("anna", accounts.roll.mark("anna") or "")
    accounts.refresh(session)

    def is_known() -> bool:
        known = (accounts.visits.user(session, using=False), accounts.roll.bearer(token))
        assert known in (("anna", "anna"), (None, None))
        return known == ("anna", "anna")

    with away(postgres):
        assert not soon(lambda: not is_known())  # two seconds long it goes on
        assert soon(lambda: not is_known(), AWAY_SECONDS)
    assert soon(lambda: accounts.roll.bearer(token) == "anna", AWAY_SECONDS)
    accounts.refresh(session)
    assert is_known()


# -- killed in the midst ---------------------------------------------------------------------------

WRITER = """
import sys
import time
from webui.door.places import place
from webui.user_places import open_place
from webui.user_store import StoreError
accounts, store = open_place(place(sys.argv[1]), "secret")
for number in range(100_000):
    both = {f"wenzheng-note/{number}": "x" * 3000, f"wenzheng-pinned/{number}": "1"}
    until = time.monotonic() + 30
    while True:
        try:
            store.exchange("anna", both)
            break
        except StoreError:
            assert time.monotonic() < until
    print(number, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["server", "page"])
def test_a_kill_loses_nothing_that_was_acknowledged(
    victim: str, engine: Engine, postgres: PostgresServer
) -> None:
    engine.people("anna", "rita")
    _, store = engine.page()
    for round_ in range(4):
        command = [sys.executable, "-c", WRITER, url(engine)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            while int(writer.stdout.readline()) < 30 + 7 * round_:
                pass
            if victim == "server":
                postgres.kill()
                with pytest.raises(StoreAwayError, match="does not answer"):
                    store.exchange("rita", {ENTRY: "x"})
                postgres.start()
                until = time.monotonic() + 30
                last = int(writer.stdout.readline())
                while int(writer.stdout.readline()) < last + 100:  # it goes on by itself
                    assert time.monotonic() < until
            writer.kill()
            last = max(map(int, writer.stdout.read().split()[:-1]), default=30)
        until = time.monotonic() + 30
        while True:
            try:
                there = set(store.exchange("anna", {}).entries)
                break
            except StoreAwayError:
                assert time.monotonic() < until
        assert {f"wenzheng-note/{number}" for number in range(last + 1)} <= there
        assert len(there) % 2 == 0  # of what was written at once, all or nothing
        store.forget("anna")
