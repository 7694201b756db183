"""Two pages, each a `ui.py` of its own, over one index in Milvus."""

import secrets
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from gradio_client import Client

from tests.support.milvus_servers import Server as Milvus
from tests.support.serving import ROOT, Server
from tests.support.waiting import soon
from tests.system.index.milvus.test_contract import fill


def index(page: Server, verb: str, *what: str) -> None:
    """Change the index of a page in a process of its own."""
    command = [sys.executable, "-m", "index", verb, *what, *page.folders, "--embedder", "fake"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def finds(client: Client) -> bool:
    return "narwhal.txt" in str(client.predict("How deep dives the narwhal?", api_name="/search"))


@pytest.mark.slow
def test_what_is_added_through_one_is_answered_by_the_other(tmp_path: Path, hybrid: Milvus) -> None:
    corpus = tmp_path / "corpus"
    fill(corpus, 5, count=12)
    address = f"milvus://127.0.0.1:{hybrid.port}/t{secrets.token_hex(6)}"
    options = ["--embedder", "fake", "--reader", "similarity"]
    pages = [Server(corpus, address, options=options) for _ in range(2)]
    index(pages[0], "update")
    try:
        for page in pages:
            page.start()
        one, other = (
            Client(page.url, verbose=False, httpx_kwargs={"timeout": 60}) for page in pages
        )
        for client in (one, other):
            assert client.predict("lighthouse 灯塔", api_name="/search")
        added = corpus.parent / "narwhal.txt"
        added.write_text("The narwhal dives 1,500 metres deep. 独角鲸。\n", "utf-8")
        index(pages[0], "add", str(added))
        for client in (one, other):
            assert soon(partial(finds, client))
        index(pages[0], "remove", "narwhal.txt")
        for client in (one, other):
            assert not finds(client)
            assert "narwhal.txt" not in str(client.predict(api_name="/documents"))
    finally:
        for page in filter(lambda page: page.process, pages):
            page.interrupt()
            page.wait()
