"""What a browser keeps for us, unreadable to whoever finds it there without this server."""

import base64
import binascii
import hashlib
import json
import zlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


class Seal:
    """Seals values as text, and opens its own seals. The secret never leaves the server."""

    def __init__(self, secret: str) -> None:
        """Derive the keys."""
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))
        self._passphrase = hashlib.sha256(secret.encode()).hexdigest().encode()

    def seal(self, value: object) -> str:
        """Return what stands for a value that JSON can hold: letters, digits, `-`, `_` and `=`."""
        return self._fernet.encrypt(zlib.compress(_to_bytes(value))).decode()

    def open(self, sealed: object) -> Any | None:  # noqa: ANN401 (whatever was sealed)
        """Return what was sealed, or None for what this secret has not sealed."""
        try:
            return json.loads(zlib.decompress(self._fernet.decrypt(str(sealed).encode())))
        except (InvalidToken, UnicodeEncodeError):  # half a pair of surrogates, from a browser
            return None

    def open_old(self, kept: object) -> Any | None:  # noqa: ANN401 (whatever was kept)
        """Return what Gradio's `BrowserState` kept under this secret, or None for anything else.

        That is AES-256-CBC as `openssl enc -md md5` writes it, behind a vector that is not used.
        """
        try:
            salted = base64.b64decode(str(kept).partition(":")[2], validate=True)
            salt, coded = salted[8:16], salted[16:]
            digests = [b""]
            while len(digests) < 4:  # key and vector, OpenSSL's EVP_BytesToKey
                digests.append(hashlib.md5(digests[-1] + self._passphrase + salt).digest())
            cipher = Cipher(algorithms.AES(digests[1] + digests[2]), modes.CBC(digests[3]))
            decryptor, unpadder = cipher.decryptor(), PKCS7(128).unpadder()
            padded = decryptor.update(coded) + decryptor.finalize()
            return json.loads(unpadder.update(padded) + unpadder.finalize())
        except (binascii.Error, ValueError):  # JSON's and UTF-8's errors are ValueErrors too
            return None


def _to_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
