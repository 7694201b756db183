"""What a browser keeps for us, unreadable to whoever finds it there without this server."""

import base64
import hashlib
import json
import zlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken


class Seal:
    """Seals values as text, and opens its own seals. The secret never leaves the server."""

    def __init__(self, secret: str) -> None:
        """Derive the key."""
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))

    def seal(self, value: object) -> str:
        """Return what stands for a value that JSON can hold: letters, digits, `-`, `_` and `=`."""
        return self._fernet.encrypt(zlib.compress(_to_bytes(value))).decode()

    def open(self, sealed: object) -> Any | None:  # noqa: ANN401 (whatever was sealed)
        """Return what was sealed, or None for what this secret has not sealed."""
        try:
            return json.loads(zlib.decompress(self._fernet.decrypt(str(sealed).encode())))
        except (InvalidToken, UnicodeEncodeError):  # half a pair of surrogates, from a browser
            return None


def _to_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
