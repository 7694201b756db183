"""Which internet addresses are public: what a document may be fetched from without being asked.

Everything else (this computer, its network, cloud metadata services, addresses for experiments) is
refused by `index.web.fetching`, because a link in a page must not read what only this computer can.
"""

import ipaddress
import re

# An IPv6 address is public only inside this block, the one that IANA hands out so far.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052

# Not public either, but taken for it by `is_global` of some Python versions (IANA special-purpose
# address registries, 2025).
_SPECIAL_V4 = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments, RFC 6890
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
)
_SPECIAL_V6 = (
    ipaddress.IPv6Network("2001::/23"),  # protocol assignments, Teredo among them, RFC 2928
    ipaddress.IPv6Network("3fff::/20"),  # documentation, RFC 9637
)

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_MAX_NAME_CHARS = 253


def is_public(address: str) -> bool:
    """Whether the IP address is one that anyone on the internet can reach.

    An IPv6 address that stands for an IPv4 address (mapped, 6to4, NAT64) is public when that is.

    >>> is_public("1.1.1.1"), is_public("2606:4700::1111"), is_public("64:ff9b::1.1.1.1")
    (True, True, True)
    >>> is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("2002:7f00:1::")
    (False, False, False)
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_public_v4(parsed)
    embedded = _embedded_v4(parsed)
    if embedded is not None:
        return _is_public_v4(embedded)
    special = any(parsed in block for block in _SPECIAL_V6)
    return parsed in _GLOBAL_UNICAST and parsed.is_global and not special


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    special = address.is_multicast or any(address in block for block in _SPECIAL_V4)
    return address.is_global and not special


def _embedded_v4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def literal(host: str) -> str | None:
    """Return the host when it is an IP address itself, None when it is a name to be looked up."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def is_plain_host(host: str) -> bool:
    """Whether the host of a URL is a name or an address that every program reads alike.

    Other spellings of IPv4 addresses (decimal, octal, hexadecimal, too few parts) are not: what
    they mean depends on who reads them.

    >>> is_plain_host("xn--fiqs8s.example"), is_plain_host("127.0.0.1"), is_plain_host("::1")
    (True, True, True)
    >>> [is_plain_host(h) for h in ("2130706433", "0x7f.1", "127.1", "fe80::1%eth0", "a..b", "")]
    [False, False, False, False, False, False]
    """
    if literal(host):
        return "%" not in host
    if len(host) > _MAX_NAME_CHARS or not _NAME.fullmatch(host):
        return False
    return not _NUMBER.fullmatch(host.rpartition(".")[2])
