"""robots.txt -> rules, as RFC 9309 says. Protego reads them; ours is what keeps it small."""

import re
from collections.abc import Iterable

from protego import Protego

ROBOT = "Wenzheng"
"""The name by which a robots.txt can address this program."""

_MAX_BYTES = 500 * 2**10  # RFC 9309, 2.5: at least this much is read
_AGENT_LINE = re.compile(r"\s*user[\s-]*agent\b[\s:]*([^#]*)", re.IGNORECASE)


def rules_in(pieces: Iterable[bytes]) -> Protego:
    r"""Return the rules of a robots.txt, of which no more is taken than has to be read.

    >>> rules_in([b"User-agent: *", b"\nDisallow: /a"]).can_fetch("https://e.org/a", ROBOT)
    False
    """
    raw = bytearray()
    for piece in pieces:
        raw += piece
        if len(raw) > _MAX_BYTES:
            del raw[raw.rfind(b"\n") + 1 :]  # half a rule could forbid more than the whole
            break
    lines = raw.decode("utf-8-sig", errors="replace").splitlines()
    return Protego.parse("\n".join(map(_with_few_agents, lines)))


# Decision: Protego keeps each rule once for each agent of its group: thousands of both, which fit
# into a small file, would fill the memory.
def _with_few_agents(line: str) -> str:
    """Return a line, with one name for all programs that it names and are not us."""
    found = _AGENT_LINE.match(line)
    if not found:
        return line
    name = found[1].strip().lower()
    return f"User-agent: {name if name in ('*', ROBOT.lower()) else 'other'}"
