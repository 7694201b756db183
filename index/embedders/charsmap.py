"""A character map in the binary form of SentencePiece, which `tokenizers` runs as `Precompiled`.

The form is a trie as a double array (Aoe 1989) in the layout of darts-clone, then the replacements,
each ended by a zero byte. A unit of the array has 32 bits:

    a node    label (bits 0-7), "a key ends here" (bit 8), offset to its children (bits 10-30)
    a value   bit 31 and the place of the replacement among the replacements

The child of node `n` by byte `c` is at `n ^ offset ^ c` and its label is `c`; the value of a key
that ends at `n` is where the child by byte 0 would be.
"""

import struct
from collections import defaultdict
from collections.abc import Mapping
from itertools import count

_KEY_ENDS_HERE = 1 << 8
_OFFSET_SHIFT = 10
_IS_VALUE = 1 << 31
_BLOCK = 256  # `n ^ c` stays inside a block for every byte c, so no look-up leaves the array


def build_charsmap(replacements: Mapping[str, str]) -> bytes:
    """Return the map from characters to their replacements as bytes for `normalizers.Precompiled`.

    A replacement may be empty; no key and no replacement may hold U+0000.
    """
    places: dict[bytes, int] = {}
    strings = bytearray()
    for key, replacement in replacements.items():
        places[key.encode()] = len(strings)
        strings += replacement.encode() + b"\0"
    units = _double_array(places)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + strings


def _double_array(values: Mapping[bytes, int]) -> list[int]:
    labels: defaultdict[bytes, set[int]] = defaultdict(set)
    for key in values:
        labels[key].add(0)
        for end, byte in enumerate(key):
            labels[key[:end]].add(byte)

    units = [0] * _BLOCK
    taken = {0}
    base = 0
    nodes = [(b"", 0)]
    for prefix, place in nodes:  # bases only grow, so no two nodes share one and see each other's
        base = next(b for b in count(base + 1) if _fits(b, labels[prefix], taken))
        units += [0] * (base // _BLOCK * _BLOCK + _BLOCK - len(units))
        units[place] |= (place ^ base) << _OFFSET_SHIFT
        for label in sorted(labels[prefix]):
            taken.add(base ^ label)
            units[base ^ label] |= label
            if label:
                nodes.append((prefix + bytes([label]), base ^ label))
            else:
                units[place] |= _KEY_ENDS_HERE
                units[base] = _IS_VALUE | values[prefix]
    return units


def _fits(base: int, labels: set[int], taken: set[int]) -> bool:
    return all(base ^ label not in taken for label in labels)
