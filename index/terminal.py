r"""Text of others on a terminal: seen, and never obeyed.

Names, titles, quotations and what servers say may hold escape sequences, which clear the screen or
retitle the window, and marks that turn the direction of what follows, so that a name reads as
another. They are shown as JSON writes them, `\u001b`, so that JSON stays what it was. The marks
U+200E and U+200F stay: they turn nothing but themselves, and Arabic and Hebrew need them.
"""

import os
import re
import shlex
import string

_ACTS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_OBEYED = re.compile(rf"[{_ACTS}]")
_OBEYED_OR_BREAKS = re.compile(rf"[{_ACTS}\t\n\u2028\u2029]")

_PLAIN = frozenset(string.ascii_letters + string.digits + "/._")


def visible(text: str) -> str:
    r"""Return the text without what a terminal would obey, line ends and tabs excepted.

    >>> print(visible("\x1b[31mred\u202e"))
    \u001b[31mred\u202e
    """
    return _OBEYED.sub(_escaped, text)


def on_one_line(text: str) -> str:
    r"""Return the same for what is to stay on its line: a name, a title.

    >>> print(on_one_line("a\nremoved  b"))
    a\u000aremoved  b
    """
    return _OBEYED_OR_BREAKS.sub(_escaped, text)


def typed(path: str) -> str:
    r"""Return a path as it is typed in a shell, one word whatever it holds.

    What cannot be shown is made by `printf`, which writes no line end at the end of a name.

    >>> print(typed("it's.txt"), typed("a\x1bb"))
    'it'"'"'s.txt' "$(printf 'a\033b')"
    """
    path = f"./{path}" if path.startswith("-") else path
    if on_one_line(path) == path:
        return shlex.quote(path)
    bytes_ = (chr(byte) if chr(byte) in _PLAIN else f"\\{byte:03o}" for byte in os.fsencode(path))
    return f"\"$(printf '{''.join(bytes_)}')\""


def _escaped(match: "re.Match[str]") -> str:
    return f"\\u{ord(match[0]):04x}"
