"""Checksums beside what is stored: SQLite sees damage to its own structure, not to what it holds.

What is shown or searched is held against a hash or a checksum whenever it is read, so that a
flipped bit is an error and no answer.
"""

import zlib

from index.search.connections import damaged

_BYTES = 4


def checksum(*values: object) -> int:
    """Return the checksum of values, as they are written in Python."""
    return zlib.crc32(repr(values).encode())


def sealed(data: bytes) -> bytes:
    """Return bytes with their checksum behind them."""
    return data + zlib.crc32(data).to_bytes(_BYTES, "big")


def unsealed(data: bytes) -> bytes:
    """Return the bytes before their checksum. Raises IndexMismatchError when they have changed."""
    if sealed(data[:-_BYTES]) != data:
        raise damaged("a vector or a place has changed")
    return data[:-_BYTES]
