"""Our own program beside the peers answers as it is asked; a peer that is missing is told."""

import sys

import pytest

from eval.__main__ import main
from eval.bench.peer_programs import OWN
from eval.bench.peers import running

DOCUMENTS = [
    ("a", "The harbour was opened in 1923 by the mayor.\n\nIts crane lifts 40 tonnes."),
    ("b", "图书馆有两千一百个座位。\n\n夜市每周五晚上开放🏮。"),
]


@pytest.mark.slow
def test_our_own_program_indexes_anew_and_finds() -> None:
    with running([sys.executable, "-m", "eval.bench.peer_programs", OWN, "", ""]) as own:
        assert own.reply()["seconds"] > 0
        for documents in (DOCUMENTS[:1], DOCUMENTS):
            told = own.ask(index=documents)
            assert told["passages"] == len(documents)
            assert told["processor"] > 0
        assert own.ask(ask="图书馆有多少个座位？")["found"][0] == list(DOCUMENTS[1])
        assert own.ask(ask="How much does the crane lift?")["found"][0][0] == "a"
        assert own.ask(memory=True)["megabytes"] > 100


def test_a_peer_that_is_not_installed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--python", sys.executable, "--only", "txtai", "--documents", "3"]
    assert main(["bench", "peers", *flags]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("3 documents, 3 questions\n")
    assert "txtai, defaults: not measured. Its process has ended: ModuleNotFound" in printed.err
