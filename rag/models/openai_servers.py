"""Servers of the OpenAI protocol: which of them answer on this computer, and how much they hold.

What they are asked is little, they are asked for a moment, and nothing depends on their answer. Of
whatever answers at a port only names and numbers are taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from rag.settings import MODEL_SERVERS

_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
_SECONDS = 0.7
_MOST_BYTES = 2**20
_MOST_MODELS, _LONGEST_NAME = 20, 200
_CONTEXTS = ("loaded_context_length", "max_model_len", "context_length", "n_ctx")
"""What servers call the context of a model: LM Studio, vLLM, Ollama and OpenRouter, llama.cpp."""
_NOT_WRITING = ("embed", "rerank", "whisper", "bge-")
"""Parts of names of models that write no answers: the list of a server does not say which do."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that a server on this computer has. `server` is what usually listens at its port."""

    model: str
    server: str
    base_url: str


def offered(ports: Sequence[int]) -> list[Offered]:
    """Return the models that servers at these ports of this computer offer, within a second or so.

    Only 127.0.0.1 is asked, without a key, past any proxy, and no redirect is followed.
    """
    with ThreadPoolExecutor(max(len(ports), 1)) as threads:
        return [one for found in threads.map(_offered_at, ports) for one in found]


def context_of(base_url: str, model: str, key: str | None = None) -> int | None:
    """Return the tokens that a model's context holds as its server tells it, None if it does not.

    Servers on this computer are asked in their own ways too: most tell it beside the protocol. Only
    loaded models have one at Ollama, so ask again after it has written something.
    """
    base = base_url.rstrip("/")
    places = [f"{base}/models"]
    parts = urlsplit(base)
    if parts.hostname in _LOCAL_HOSTS:
        root = f"{parts.scheme}://{parts.netloc}"
        places += [f"{root}/api/v0/models", f"{root}/api/ps", f"{root}/props"]
    with _client(key) as client:
        return next(filter(None, (_context(_asked(client, one), model) for one in places)), None)


def _offered_at(port: int) -> list[Offered]:
    base_url = f"http://127.0.0.1:{port}/v1"
    with _client() as client:
        names = list(dict.fromkeys(_names(_asked(client, f"{base_url}/models"))))
    server = MODEL_SERVERS.get(port, "")
    return [Offered(name, server, base_url) for name in names[:_MOST_MODELS]]


def _names(listed: object) -> Iterator[str]:
    for entry in _entries(listed):
        name = entry.get("id")
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
            continue
        if name.isprintable() and not any(part in name.lower() for part in _NOT_WRITING):
            yield name


def _context(told: object, model: str) -> int | None:
    """Return the context that a list of models, or the settings of a server, give a model."""
    for entry in _entries(told):
        if model in (entry.get("id"), entry.get("name"), entry.get("model")):
            meta = entry.get("meta")
            return _number(entry) or (_number(meta) if isinstance(meta, dict) else None)
    running = told.get("default_generation_settings") if isinstance(told, dict) else None
    return _number(running) if isinstance(running, dict) else None


def _number(told: Mapping[str, Any]) -> int | None:
    found = (told.get(name) for name in _CONTEXTS)
    return next((each for each in found if isinstance(each, int) and each > 0), None)


def _entries(listed: object) -> list[dict[str, Any]]:
    entries = (listed.get("data") or listed.get("models")) if isinstance(listed, dict) else None
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def _client(key: str | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(headers=headers, timeout=_SECONDS, trust_env=False, follow_redirects=False)


def _asked(client: httpx.Client, address: str) -> object:
    """Return the JSON that stands at an address; None for whatever else comes of it."""
    try:
        with client.stream("GET", address) as response:
            if response.status_code != httpx.codes.OK:
                return None
            body = b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    return None
            answer: object = httpx.Response(httpx.codes.OK, content=body).json()
            return answer
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
