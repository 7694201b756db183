"""What the server remembers of a tab is bounded, and a tab that it forgot goes on as before."""

import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.support.readers import Reader, layout
from tests.support.serving import Server
from webui.launching import TABS


class Readers:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._config = layout(client)
        self._passed = 0

    def come(self, name: str) -> Reader:
        return Reader(self._client, name, self._config)

    def pass_by(self, tabs: int) -> None:
        """Have so many others look at the page and leave."""
        for _ in range(tabs):
            self._passed += 1
            self.come(f"passer-by {self._passed}").look()


@pytest.fixture(scope="module")
def readers(server: Server) -> Iterator[Readers]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=120) as client:
        yield Readers(client)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_a_reader_costs_no_memory_for_good(server: Server, readers: Readers) -> None:
    readers.come("first").ask("三号码头什么时候启用？")  # the model is loaded
    readers.pass_by(TABS + 20)
    before = server.memory_mb()
    readers.pass_by(300)
    assert server.memory_mb() - before < 30  # .3 MB each would be 90


@pytest.mark.slow
def test_a_tab_that_was_forgotten_goes_on(readers: Readers) -> None:
    lei = readers.come("李雷")
    lei.load()
    assert "2033年春天" in lei.ask("三号码头什么时候启用？")
    readers.pass_by(TABS + 5)
    shown = lei.ask("青石港2031年装卸了多少集装箱？")
    assert "418万" in shown
    assert "三号码头什么时候启用" not in shown  # what is shown already is not sent again
    assert len(lei.kept()) == 2
    again = lei.load()
    assert "418万" in again
    assert "2033年春天" in again


def test_what_a_forgotten_tab_has_chosen_still_counts(readers: Readers) -> None:
    anna = readers.come("anna")
    anna.choose("set", "futian")
    anna.fill("scope-within", ["observatory.txt"])
    readers.pass_by(TABS + 5)
    about, *_ = anna.choose("set", "futian")
    assert "SHA-256" in str(about)  # that of the document which it needs and is not here
    refused, *_ = anna.choose("set", "../sets/futian")
    assert "SHA-256" not in str(refused)
    assert "418万" not in anna.ask("青石港2031年装卸了多少集装箱？")
