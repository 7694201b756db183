"""Fetching from the web: what strangers may not do to us, shown with servers that try."""

import gzip
import ipaddress
import shlex
import socket
import ssl
import time
import tracemalloc
import urllib.robotparser
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import httpx
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import CorpusError
from index.web.addresses import is_public
from index.web.fetching import Fetched, Limits, fetch
from tests.support.waiting import PATIENCE
from tests.support.web import LOOPBACK, PUBLIC, Internet, Site, redirect, reply, serving

PAGE = "<!doctype html><title>港口</title><p>青石港 🚢 Café مرفأ Straße か゚</p>"
HOST = "docs.example"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def internet(site: Site) -> Internet:
    return Internet(
        ports={PUBLIC: site.port}, names={HOST: [[PUBLIC]], "other.example": [[PUBLIC]]}
    )


def get(internet: Internet, url: str = f"http://{HOST}/", **options: object) -> Fetched:
    return fetch(url, resolve=internet.resolve, connect=internet.connect, **options)


def refusal(internet: Internet, url: str = f"http://{HOST}/", **options: object) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        get(internet, url, **options)
    assert str(caught.value)[-1] in ".)"
    return caught.value


# -- a page as it should be ---------------------------------------------------------------------


def test_a_page_comes_with_all_that_is_known_of_it(site: Site) -> None:
    site.answers["/%E6%96%B0%E9%97%BB/a?id=1"] = reply(
        PAGE.encode("gb18030"), content_type="text/html; charset=GB18030", set_cookie="a=b"
    )
    url = f"http://localhost:{site.port}/新闻/a?id=1#top"

    page = fetch(f" {url}\n", allow_private=True)

    assert page.raw.decode(page.charset or "") == PAGE
    assert page.final_url == f"http://localhost:{site.port}/%E6%96%B0%E9%97%BB/a?id=1"
    assert (page.charset, page.file_name) == ("gb18030", "a.html")
    assert site.paths == ["/robots.txt", "/%E6%96%B0%E9%97%BB/a?id=1"]
    head = site.requests[1].lower()
    assert f"host: localhost:{site.port}\r\n" in head
    assert "user-agent: wenzheng/" in head
    assert "accept-encoding: gzip\r\n" in head
    assert not any(name in head for name in ("cookie", "referer", "authorization"))


def test_a_proxy_in_the_environment_is_not_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{LOOPBACK}:9")  # nobody listens there
    site.answers["/"] = reply(PAGE)
    url = f"http://localhost:{site.port}/"
    with pytest.raises(httpx.ConnectError):  # a client that does ask it
        httpx.get(url)
    assert fetch(url, allow_private=True).raw == PAGE.encode()


def test_loopback_is_refused_by_the_real_resolver_too(site: Site) -> None:
    for host in ("localhost", LOOPBACK, "localhost."):
        with pytest.raises(CorpusError, match="--allow-private") as caught:
            fetch(f"http://{host}:{site.port}/")
        assert caught.value.code == "private_address"
    assert site.requests == []


# -- which addresses ----------------------------------------------------------------------------

# IANA IPv4 and IPv6 Special-Purpose Address Registries and the multicast blocks: what is listed
# there as not globally reachable, or (6to4 relays) as withdrawn.
NOT_PUBLIC_BLOCKS = shlex.split("""
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
::/128 ::1/128 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/32 2001:2::/48 2001:10::/28
2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
""")

PUBLIC_ADDRESSES = shlex.split("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255
128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0
198.17.255.255 198.20.0.0 223.255.255.255
2606:4700::1111 2400:3200::1 2a00:1450:4001::8 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:0808:0808::1
""")


@pytest.mark.parametrize("block", NOT_PUBLIC_BLOCKS)
def test_no_special_block_is_public(block: str) -> None:
    network = ipaddress.ip_network(block)
    middle = network[network.num_addresses // 2]
    for address in (network[0], middle, network[-1]):
        assert not is_public(str(address))
        if address.version == 4:  # whatever way an IPv6 address carries it
            value = int(address)
            for carried in ((0xFFFF << 32) | value, (0x64FF9B << 96) | value, value):
                assert not is_public(str(ipaddress.IPv6Address(carried)))
            assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) | value << 80 | 1)))


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_never_public_against_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    carries_v4 = address.version == 6 and (
        address.ipv4_mapped or address.sixtofour or address in ipaddress.ip_network("64:ff9b::/96")
    )
    if is_public(str(address)) and not carries_v4:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved
        assert not getattr(address, "is_site_local", False)


# Spelling of a host -> what becomes of it. Names are looked up in `NAMES`.
NAMES = {
    "docs.example": [PUBLIC],
    "both.example": [PUBLIC, "2606:4700::1111"],
    "xn--fiqs8s.example": [PUBLIC],
    "xn--bcher-kva.example": [PUBLIC],
    "my_host.example": [PUBLIC],
    "inside.example": ["10.1.2.3"],
    "metadata.example": ["169.254.169.254"],
    "half.example": [PUBLIC, "192.168.0.1"],
    "half6.example": [PUBLIC, "fd00::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::a00:1"],
    "nat64public.example": ["64:ff9b::5db8:d70e"],
    "sixtofour.example": ["2002:c0a8:1::1"],
    "scoped.example": ["fe80::1%lo"],
    "zero.example": ["0.0.0.0"],
    "localhost": ["127.0.0.1"],
    "intranet": ["10.0.0.8"],
    "empty.example": [],
}
HOSTS = [
    ("docs.example", "ok"),
    ("DOCS.Example", "ok"),
    ("docs.example.", "ok"),
    ("docs.example:8080", "ok"),
    ("both.example", "ok"),
    ("中国.example", "ok"),
    ("bücher.example", "ok"),
    ("BÜCHER。example", "ok"),
    ("xn--fiqs8s.example", "ok"),
    ("my_host.example", "ok"),
    (PUBLIC, "ok"),
    (f"[::ffff:{PUBLIC}]", "ok"),
    ("[64:ff9b::5db8:d70e]", "ok"),
    ("[2606:4700::1111]", "ok"),
    ("nat64public.example", "ok"),
    ("inside.example", "private_address"),
    ("metadata.example", "private_address"),
    ("half.example", "private_address"),
    ("half6.example", "private_address"),
    ("mapped.example", "private_address"),
    ("nat64.example", "private_address"),
    ("sixtofour.example", "private_address"),
    ("scoped.example", "private_address"),
    ("zero.example", "private_address"),
    ("localhost", "private_address"),
    ("LOCALHOST.", "private_address"),
    ("intranet", "private_address"),
    ("127.0.0.1", "private_address"),
    ("0.0.0.0", "private_address"),
    ("10.0.0.1:80", "private_address"),
    ("169.254.169.254", "private_address"),
    ("224.0.0.1", "private_address"),
    ("255.255.255.255", "private_address"),
    ("[::1]", "private_address"),
    ("[::]", "private_address"),
    ("[fe80::1]", "private_address"),
    ("[fd00:ec2::254]", "private_address"),
    ("[ff02::1]", "private_address"),
    ("[::ffff:127.0.0.1]", "private_address"),
    ("[::127.0.0.1]", "private_address"),
    ("[::ffff:0:127.0.0.1]", "private_address"),
    ("[64:ff9b::7f00:1]", "private_address"),
    ("[64:ff9b:1::7f00:1]", "private_address"),
    ("[2002:7f00:1::]", "private_address"),
    ("[2001:0:5db8:d70e::1]", "private_address"),
    ("2130706433", "bad_url"),
    ("0x7f000001", "bad_url"),
    ("017700000001", "bad_url"),
    ("0177.0.0.1", "bad_url"),
    ("0x7f.0.0.1", "bad_url"),
    ("127.1", "bad_url"),
    ("127.0.0.1.", "private_address"),
    ("127.0.0.1..", "bad_url"),
    ("127.0.0.256", "bad_url"),
    ("0", "bad_url"),
    ("docs.example.0x", "bad_url"),
    ("１２７.０.０.１", "bad_url"),
    ("①②⑦.⓪.⓪.①", "bad_url"),
    ("127%2e0.0.1", "bad_url"),
    ("%6c%6fcalhost", "bad_url"),
    ("[fe80::1%25lo]", "bad_url"),
    ("[::1", "bad_url"),
    ("a..example", "bad_url"),
    (".example", "bad_url"),
    ("-a.example", "bad_url"),
    ("a" * 64 + ".example", "bad_url"),
    (".".join(["abcdefg"] * 40), "bad_url"),
    ("*.example", "bad_url"),
    ("ex ample.example", "bad_url"),
    ("docs.example:0", "bad_url"),
    ("docs.example:65536", "bad_url"),
    ("docs.example:x", "bad_url"),
    ("", "bad_url"),
    (".", "bad_url"),
    ("user@docs.example", "bad_url"),
    ("user:secret@docs.example", "bad_url"),
    ("docs.example\\@127.0.0.1", "bad_url"),
    ("docs.example%40127.0.0.1", "bad_url"),
    ("docs.example\n", "bad_url"),
    ("nobody.example", "unresolved"),
    ("empty.example", "unresolved"),
]


@pytest.mark.parametrize(("host", "verdict"), HOSTS)
def test_every_spelling_of_a_host(site: Site, host: str, verdict: str) -> None:
    site.answers["/a"] = reply(PAGE)
    every = {address: site.port for addresses in NAMES.values() for address in addresses}
    literals = {f"::ffff:{PUBLIC}", "64:ff9b::5db8:d70e", "2606:4700::1111"}
    internet = Internet(
        ports={
            **every,
            **dict.fromkeys(
                literals | {str(ipaddress.ip_address(one)) for one in literals}, site.port
            ),
        },
        names={name: [addresses] for name, addresses in NAMES.items()},
    )
    url = f"http://{host}/a"
    if verdict == "ok":
        assert get(internet, url).raw == PAGE.encode()
        # Independent of our own judgement: what was dialled is global for the standard library.
        for dialled in map(ipaddress.ip_address, internet.dialled):
            v4 = getattr(dialled, "ipv4_mapped", None)
            nat64 = dialled in ipaddress.ip_network("64:ff9b::/96")
            assert (v4 or dialled).is_global or nat64
    else:
        assert refusal(internet, url).code == verdict
        assert internet.dialled == []
        assert site.requests == []


def test_the_table_agrees_with_the_standard_library() -> None:
    assert len(HOSTS) >= 40
    for host, verdict in HOSTS:
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            continue
        if verdict == "private_address":
            assert not address.is_global or address.is_multicast or address.version == 6
        elif verdict == "ok":
            assert address.is_global or address in ipaddress.ip_network("64:ff9b::/96")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://docs.example/a", "gopher://x", "data:text/html,hi", "",
     "docs.example/a", "//docs.example/a", "http:docs.example", "http:///a", "javascript:1",
     "https:/docs.example", "http://" + "a" * 70_000, "http://docs.example/\x00", "http://\ud800/"],
)  # fmt: skip
def test_no_other_scheme_and_no_half_url(internet: Internet, url: str) -> None:
    assert refusal(internet, url).code == "bad_url"


@settings(max_examples=300, deadline=None)
@given(st.text() | st.from_regex(r"(https?:)?//?[^/]{1,30}/.{0,20}"))
def test_any_text_is_refused_with_a_reason(url: str) -> None:
    internet = Internet(ports={})
    with pytest.raises(CorpusError) as caught:
        get(internet, url)
    assert caught.value.code
    assert all(is_public(address) for address in internet.dialled)


# -- the address that was checked is the one connected to ---------------------------------------


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://inside.example/", "http://[::ffff:127.0.0.1]/", "//127.0.0.1/",
     "http://169.254.169.254/latest/meta-data/", "http://2130706433/", "http://u@inside.example/"],
)  # fmt: skip
@pytest.mark.parametrize("hop", ["page", "robots"])
def test_a_redirect_into_the_network_is_not_followed(
    site: Site, internet: Internet, target: str, hop: str
) -> None:
    internet.names["inside.example"] = [["192.168.1.1"]]
    site.answers["/" if hop == "page" else "/robots.txt"] = redirect(target)
    assert refusal(internet).code in ("private_address", "bad_url")
    assert set(internet.dialled) == {PUBLIC}


def test_a_name_is_looked_up_once(site: Site, internet: Internet) -> None:
    # The classic attack: public for the check, private for the connection.
    internet.names[HOST] = [[PUBLIC], [LOOPBACK], [LOOPBACK]]
    internet.ports[LOOPBACK] = site.port
    site.answers["/"] = redirect("/next")
    site.answers["/next"] = reply(PAGE)
    assert get(internet).raw == PAGE.encode()
    assert site.paths == ["/robots.txt", "/", "/next"]
    assert internet.looked_up == [HOST]
    assert internet.dialled == [PUBLIC] * 3


def test_the_next_address_is_tried_when_one_does_not_answer(site: Site, internet: Internet) -> None:
    internet.names[HOST] = [["2606:4700::1111", PUBLIC]]
    site.answers["/"] = reply(PAGE)
    assert get(internet).raw == PAGE.encode()
    assert internet.dialled[:2] == ["2606:4700::1111", PUBLIC]
    internet.names["gone.example"] = [["2606:4700::1111"]]
    error = refusal(internet, "http://gone.example/")
    assert error.code == "unreachable"
    assert "nobody listens there" in str(error)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    with serving(context) as site:
        site.answers["/"] = reply(PAGE)
        yield site


def test_the_certificate_is_checked_for_the_name(
    secure: Site, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet = Internet(
        ports={PUBLIC: secure.port}, names={HOST: [[PUBLIC]], "other.example": [[PUBLIC]]}
    )
    assert refusal(internet, f"https://{HOST}/").code == "certificate"  # of nobody we know

    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    page = get(internet, f"https://{HOST}./")
    assert page.raw == PAGE.encode()
    assert secure.server_names[-1] == HOST
    assert f"Host: {HOST}\r\n" in secure.requests[-1]

    requests = len(secure.requests)
    for url in ("https://other.example/", f"https://{PUBLIC}/"):
        assert refusal(internet, url).code == "certificate"  # the same server, another name
    assert len(secure.requests) == requests

    secure.answers["/"] = redirect(f"http://{HOST}/")
    assert refusal(internet, f"https://{HOST}/").code == "downgrade"
    secure.answers["/"] = reply(PAGE)
    secure.answers["/robots.txt"] = redirect(f"http://{HOST}/robots.txt")
    assert refusal(internet, f"https://{HOST}/").code == "downgrade"


def test_what_is_no_tls_is_said(internet: Internet) -> None:
    assert refusal(internet, f"https://{HOST}/").code == "bad_response"


# -- limits -------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "where", ["status", "header", "body", "chunk", "robots", "tls", "redirect"]
)
def test_the_clock_on_the_wall_ends_a_slow_drip(site: Site, internet: Internet, where: str) -> None:
    drips = {
        "status": site.drip(forever=b"H"),
        "header": site.drip(HEAD, b"X-A: ", forever=b"a"),
        "body": site.drip(HEAD, b"Content-Length: 9999\r\n\r\n", forever=b"a"),
        "chunk": site.drip(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", forever=b"1\r\na\r\n"),
        "robots": site.drip(HEAD, b"\r\n", forever=b"#"),
        "redirect": site.drip(redirect("/next"), forever=b"a"),
    }
    site.answers["/robots.txt" if where == "robots" else "/"] = drips.get(where, b"")
    site.answers["/next"] = drips["body"]
    url = f"http://{HOST}/"
    if where == "tls":  # a server that takes the greeting and says nothing
        url = f"https://{HOST}/"
        silent = socket.create_server((LOOPBACK, 0))
        internet.ports[PUBLIC] = silent.getsockname()[1]
    began = time.monotonic()
    error = refusal(internet, url, limits=Limits(total_seconds=0.4))
    assert 0.3 < time.monotonic() - began < PATIENCE
    assert error.code == "timeout"
    assert "0.4 s" in str(error)
    if where == "tls":
        silent.close()


def test_a_name_server_that_does_not_answer_ends_in_time(site: Site, internet: Internet) -> None:
    def resolve(host: str, port: int) -> list[str]:
        site.stopping.wait(3 * PATIENCE)
        return [PUBLIC]

    began = time.monotonic()
    with pytest.raises(CorpusError) as caught:
        fetch(f"http://{HOST}/", limits=Limits(total_seconds=0.3), resolve=resolve)
    assert time.monotonic() - began < PATIENCE
    assert caught.value.code == "timeout"


def test_connecting_has_a_limit_of_its_own() -> None:
    given_seconds: list[float] = []

    def connect(address: tuple[str, int], seconds: float) -> socket.socket:
        given_seconds.append(seconds)
        raise TimeoutError("timed out")

    with pytest.raises(CorpusError, match="Cannot connect to") as caught:
        fetch(
            f"http://{HOST}/",
            limits=Limits(connect_seconds=0.5),
            resolve=lambda host, port: [PUBLIC, "1.1.1.1"],
            connect=connect,
        )
    assert caught.value.code == "unreachable"
    assert given_seconds == [0.5, 0.5]


MANY = b"a" * 65536


@pytest.mark.parametrize(
    ("head", "forever"),
    [
        (b"\r\n", MANY),
        (b"Content-Length: 99999999999\r\n\r\n", MANY),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + MANY + b"\r\n"),
        # One byte of body, 60 kB of wire: the count on the wire ends this one.
        (b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + MANY[:60_000] + b"\r\na\r\n"),
    ],
)
def test_an_endless_body_is_not_read_to_its_end(
    site: Site, internet: Internet, head: bytes, forever: bytes
) -> None:
    site.answers["/"] = site.flood(HEAD + head, forever)
    tracemalloc.start()
    error = refusal(internet, limits=Limits(max_bytes=500_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.code == "too_large"
    assert peak < 5_000_000


def test_a_body_that_is_announced_as_too_large_is_not_waited_for(
    site: Site, internet: Internet
) -> None:
    site.answers["/"] = site.drip(HEAD, b"Content-Length: 501\r\n\r\n", forever=b"a")
    assert refusal(internet, limits=Limits(max_bytes=500, total_seconds=5)).code == "too_large"


def test_endless_answers_before_the_answer_are_not_read(site: Site, internet: Internet) -> None:
    site.answers["/"] = site.flood(
        b"", b"HTTP/1.1 103 Early Hints\r\nX-A: " + MANY[:9000] + b"\r\n\r\n"
    )
    assert refusal(internet, limits=Limits(max_bytes=500_000)).code == "too_large"


def test_a_body_may_be_exactly_as_large_as_the_limit(site: Site, internet: Internet) -> None:
    body = b"<html>" + b"a" * 994
    for sent in (reply(body), reply(gzip.compress(body), content_encoding="gzip")):
        site.answers["/"] = sent
        assert get(internet, limits=Limits(max_bytes=1000)).raw == body
        assert refusal(internet, limits=Limits(max_bytes=999)).code == "too_large"


def test_a_gzip_bomb_stays_small(site: Site, internet: Internet) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(100)) + packer.flush()
    assert len(bomb) < 2**20 / 9
    site.answers["/"] = reply(bomb, content_encoding="gzip")
    tracemalloc.start()
    error = refusal(internet, limits=Limits(max_bytes=2**20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.code == "too_large"
    assert peak < 5 * 2**20


def test_gzip_is_undone_as_the_standard_library_does(site: Site, internet: Internet) -> None:
    body = (PAGE * 20_000).encode()
    two = gzip.compress(body[:777]) + gzip.compress(body[777:])
    assert gzip.decompress(two) == body
    for packed in (gzip.compress(body), two):
        site.answers["/"] = reply(packed, content_encoding="GZip")
        assert get(internet).raw == body
    broken = bytearray(two)
    broken[100] ^= 0xFF
    for packed in (
        two[:-3],
        two[: len(two) // 2],
        bytes(broken),
        body,
        gzip.compress(body) + b"rubbish",
    ):
        site.answers["/"] = reply(packed, content_encoding="gzip")
        assert refusal(internet).code == "bad_response"
    for encoding in ("br", "deflate", "zstd", "gzip, gzip", "组"):
        site.answers["/"] = reply(brotli.compress(body), content_encoding=encoding)
        assert refusal(internet).code == "bad_response"


# -- redirects and answers ----------------------------------------------------------------------


def test_redirects_are_followed_and_told(site: Site, internet: Internet) -> None:
    told: list[str] = []
    site.answers["/"] = redirect("//other.example/a/b", 301)
    site.answers["/a/b"] = redirect("../报告?x=1#part", 307)
    site.answers["/%E6%8A%A5%E5%91%8A?x=1"] = reply(PAGE, content_type="text/html")
    page = get(internet, notify=told.append)
    assert page.final_url == "http://other.example/%E6%8A%A5%E5%91%8A?x=1"
    assert page.file_name == "报告.html"
    assert told == [f"http://{HOST}/ leads to http://other.example/a/b"]
    # Each site's robots.txt, once.
    assert site.paths.count("/robots.txt") == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_five_redirects_and_no_more(site: Site, internet: Internet, status: int) -> None:
    for number in range(6):
        site.answers[f"/{number}"] = redirect(f"/{number + 1}", status)
    site.answers["/6"] = reply(PAGE)
    assert get(internet, f"http://{HOST}/1").final_url == f"http://{HOST}/6"
    assert refusal(internet, f"http://{HOST}/0").code == "too_many_redirects"
    site.answers["/loop"] = redirect("/loop", status)
    assert refusal(internet, f"http://{HOST}/loop").code == "too_many_redirects"
    assert site.paths.count("/loop") == 6


@pytest.mark.parametrize("status", [300, 302, 304, 201, 204, 206])
def test_no_page_without_a_place_to_go(site: Site, internet: Internet, status: int) -> None:
    site.answers["/"] = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()
    assert refusal(internet).code == "http_status"


@pytest.mark.parametrize(
    ("status", "retry_after", "code", "said"),
    [
        (404, "", "not_found", "no such page"),
        (410, "", "not_found", "410"),
        (401, "", "denied", "login"),
        (403, "", "denied", "403"),
        (451, "", "denied", "451"),
        (429, "120", "busy", "in 120 s"),
        (429, "Fri, 31 Dec 2032 23:59:59 GMT", "busy", "after Fri, 31 Dec 2032 23:59:59 GMT."),
        (503, "soon <b>", "busy", "again later"),
        (503, "9" * 500, "busy", "again later"),
        (429, "", "busy", "again later"),
        (500, "", "http_status", "500"),
        (502, "", "http_status", "502"),
        (418, "", "http_status", "418"),
    ],
)
def test_a_status_is_told_in_words(
    site: Site, internet: Internet, status: int, retry_after: str, code: str, said: str
) -> None:
    site.answers["/"] = reply(PAGE, status, retry_after=retry_after)
    error = refusal(internet)
    assert error.code == code
    assert said in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01\x02\x03 no HTTP at all\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        HEAD + b"X-Huge: " + b"a" * 300_000 + b"\r\n\r\nbody",
        HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(50_000)) + b"\r\nbody",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n<html>\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffffffff\r\n<html>",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n6\r\n<html>rubbish\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n",
        HEAD + b"Content-Length: 100\r\n\r\n<html>",
        HEAD + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n<html>",
        HEAD + b"Content-Length: -1\r\n\r\n<html>",
        HEAD + b"Content-Length: \xd9\xa3\r\n\r\n<html>",
        HEAD + b"No colon\r\n\r\n<html>",
        HEAD,
    ],
)
def test_a_broken_answer_is_no_document(site: Site, internet: Internet, answer: bytes) -> None:
    site.answers["/"] = answer
    assert refusal(internet).code == "bad_response"


def test_a_connection_that_is_reset_is_a_broken_answer(site: Site, internet: Internet) -> None:
    def reset(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n<html>")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    site.answers["/"] = reset
    assert refusal(internet).code == "bad_response"


header_value = st.binary(max_size=60).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b""))


@settings(max_examples=150, deadline=None)
@given(
    raw=st.none() | st.binary(max_size=300),
    status=st.sampled_from([200, 200, 301, 302, 429, 500]),
    kind=header_value
    | st.sampled_from([b"text/html", b"text/html; charset*=x'", b"application/pdf"]),
    disposition=header_value.map(b"attachment; filename=".__add__)
    | header_value.map(b"attachment; filename*=".__add__),
    location=header_value,
    body=st.binary(max_size=100) | st.just(PAGE.encode()),
)
def test_any_bytes_end_in_a_document_or_a_reason(
    raw: bytes | None, status: int, kind: bytes, disposition: bytes, location: bytes, body: bytes
) -> None:
    lines = {b"Content-Type": kind, b"Content-Disposition": disposition, b"Location": location,
             b"Retry-After": location}  # fmt: skip
    head = b"".join(name + b": " + value.strip() + b"\r\n" for name, value in lines.items())
    answer = b"HTTP/1.1 %d OK\r\n" % status + head + b"\r\n" + body if raw is None else raw
    answers = iter([reply(status=404), *[answer] * 7])

    def connect(address: tuple[str, int], seconds: float) -> socket.socket:
        here, there = socket.socketpair()
        with there:
            there.sendall(next(answers))
        return here

    page, code = None, ""
    try:
        page = fetch(f"http://{HOST}/", resolve=lambda host, port: [PUBLIC], connect=connect)
    except CorpusError as error:
        code = error.code
    assert page or code
    if page:
        assert page.raw == body
        assert Path(page.file_name).suffix.lower() in (".html", ".htm", ".xhtml", ".pdf")
        assert not {"/", "\\"} & set(page.file_name)


# -- types and names ----------------------------------------------------------------------------

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
ZIP = b"PK\x03\x04\x14\x00\x06\x00" + bytes(22) + b"word/document.xml"
EPUB = b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip" + bytes(9)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("path", "declared", "body", "name"),
    [
        ("/a.html", "text/html", PAGE, "a.html"),
        ("/a.htm", "text/html", PAGE, "a.htm"),
        ("/a", "application/xhtml+xml", PAGE, "a.html"),
        ("/a.php", "text/html; charset=utf-8", PAGE, "a.php.html"),
        ("/", "text/html", PAGE, f"{HOST}.html"),
        ("/news/", "text/html", PAGE, "news.html"),
        ("/a.txt", "text/plain", "港口", "a.txt"),
        ("/a", "text/plain", "港口", "a.txt"),
        ("/a.md", "text/plain", "# 港口", "a.md"),
        ("/a.markdown", "text/markdown", "# 港口", "a.markdown"),
        ("/a.csv", "text/plain", "a,b", "a.csv"),
        ("/a.csv", "text/csv", "a,b", "a.csv"),
        ("/a.csv", OCTETS, "港,口".encode("gb18030"), "a.csv"),
        ("/a.txt", OCTETS, "港口".encode("utf-16"), "a.txt"),
        ("/a.pdf", "application/pdf", PDF, "a.pdf"),
        ("/a.PDF", OCTETS, PDF, "a.PDF"),
        ("/a", OCTETS, PDF, "a.pdf"),
        ("/a.pdf", "text/html", PDF, "a.pdf"),
        ("/a.pdf", "text/html", PAGE, "a.pdf.html"),
        ("/a.pdf", "application/pdf", PAGE, "a.pdf.html"),
        ("/a.docx", DOCX, ZIP, "a.docx"),
        ("/a.docx", OCTETS, ZIP, "a.docx"),
        ("/a.xlsx", "application/zip", ZIP, "a.xlsx"),
        ("/a", "application/epub+zip", EPUB, "a.epub"),
        ("/a", OCTETS, EPUB, "a.epub"),
        ("/a", "", PAGE, "a.html"),
        ("/a", "rubbish", "\ufeff <!-- 港 -->\n<HTML lang=zh>", "a.html"),
        ("/a", "", '<?xml version="1.0"?>\n<!--\n-->\n<html>', "a.html"),
        ("/a", "", "<!---->" * 5000 + "x", None),
        ("/a.md", "", "# 港口", "a.md"),
        ("/a", "", "only text", None),
        ("/a.png", "image/png", PNG, None),
        ("/a.html", "text/html", PNG, None),
        ("/a.html", "image/png", PAGE, None),
        ("/a.pdf", "application/pdf", PNG, None),
        ("/a.docx", DOCX, "no zip", None),
        ("/a.zip", "application/zip", ZIP, None),
        ("/a.exe", OCTETS, b"MZ\x90\0", None),
        ("/a.txt", "text/plain", b"a\0b", None),
        ("/a.json", "application/json", "{}", None),
        ("/a.js", "text/javascript", "1", None),
        ("/a.mp4", "video/mp4", b"\0\0\0\x18ftyp", None),
    ],
)
def test_type_by_declaration_name_and_bytes(
    site: Site, internet: Internet, path: str, declared: str, body: bytes | str, name: str | None
) -> None:
    site.answers[path] = reply(body, content_type=declared)
    if name is None:
        assert refusal(internet, f"http://{HOST}{path}").code == "bad_type"
    else:
        assert get(internet, f"http://{HOST}{path}").file_name == name


def test_a_film_is_refused_before_it_is_read(site: Site, internet: Internet) -> None:
    site.answers["/"] = site.drip(
        b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n", forever=b"a"
    )
    began = time.monotonic()
    assert refusal(internet).code == "bad_type"
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="报告.pdf"', "报告.pdf"),
        ("attachment; filename=plain.pdf", "plain.pdf"),
        ("inline; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf", "报告.pdf"),
        ("attachment; filename=a.pdf; filename*=utf-8'de'Stra%C3%9Fe.pdf", "Straße.pdf"),
        ("attachment; filename*=gb18030''%B1%A8%B8%E6.pdf", "报告.pdf"),
        ("attachment; filename*=klingon''%E6%8A%A5.pdf", "报.pdf"),
        ('attachment; filename="%E6%8A%A5%E5%91%8A.pdf"', "报告.pdf"),
        ('attachment; filename="../../etc/pass wd.pdf"', "pass wd.pdf"),
        (r'attachment; filename="C:\\Users\\x\\a.pdf"', "a.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fa.pdf", "a.pdf"),
        ('attachment; filename="a;b=c.pdf"', "a;b=c.pdf"),
        ('attachment; filename="🚢\u202efdp.exe"', "🚢\u202efdp.exe.pdf"),
        ('attachment; filename="no-suffix"', "no-suffix.pdf"),
        ('attachment; filename="../"', "x.pdf"),
        ('attachment; filename=".a.pdf. "', "a.pdf"),
        ('attachment; filename=""', "x.pdf"),
        ("attachment", "x.pdf"),
        (';;;="', "x.pdf"),
    ],
)
def test_the_name_that_the_server_gives(
    site: Site, internet: Internet, header: str, name: str
) -> None:
    site.answers["/x.pdf"] = reply(PDF, content_type="application/pdf", content_disposition=header)
    assert get(internet, f"http://{HOST}/x.pdf").file_name == name


def test_a_name_in_the_bytes_of_an_older_chinese_site(site: Site, internet: Internet) -> None:
    site.answers["/%B1%A8%B8%E6.txt"] = reply("港口", content_type="text/plain; charset=nonsense")
    page = get(internet, f"http://{HOST}/%B1%A8%B8%E6.txt")
    assert (page.file_name, page.charset) == ("报告.txt", "nonsense")


# -- robots.txt ---------------------------------------------------------------------------------

ROBOTS = [
    ("", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /b", "/a", True),
    ("User-agent: *\nDisallow: /a?id=", "/a?id=1", False),
    ("User-agent: Wenzheng\nDisallow: /a\n\nUser-agent: *\nDisallow:", "/a", False),
    ("User-agent: wenzheng\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a", True),
    ("User-agent: OtherBot\nDisallow: /", "/a", True),
    ("User-agent: *\nDisallow: /报", "/%E6%8A%A5.html", False),
    ("<html>no such page</html>", "/a", True),
]


@pytest.mark.parametrize(("robots", "path", "allowed"), ROBOTS)
def test_robots_are_obeyed(
    site: Site, internet: Internet, robots: str, path: str, allowed: bool
) -> None:
    oracle = urllib.robotparser.RobotFileParser()
    oracle.parse(robots.removeprefix("\ufeff").splitlines())
    assert oracle.can_fetch("Wenzheng", f"http://{HOST}{path}") == allowed

    for sent in (
        reply(robots, content_type="text/plain"),
        reply(gzip.compress(robots.encode()), content_encoding="gzip"),
    ):
        site.requests.clear()
        site.answers.update({"/robots.txt": sent, path: reply(PAGE)})
        if allowed:
            assert get(internet, f"http://{HOST}{path}").raw == PAGE.encode()
        else:
            assert refusal(internet, f"http://{HOST}{path}").code == "robots"
            assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [  # RFC 9309, 2.2.2 and 2.2.3: the longest rule wins, * and $
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf?x", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    ],
)
def test_robots_as_the_standard_says(
    site: Site, internet: Internet, robots: str, path: str, allowed: bool
) -> None:
    site.answers.update({"/robots.txt": reply(robots), path: reply(PAGE)})
    if allowed:
        assert get(internet, f"http://{HOST}{path}").raw == PAGE.encode()
    else:
        assert refusal(internet, f"http://{HOST}{path}").code == "robots"


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, None), (403, None), (410, None), (429, "robots_unreadable"), (500, "robots_unreadable"),
     (503, "robots_unreadable")],
)  # fmt: skip
def test_robots_that_cannot_be_read(
    site: Site, internet: Internet, status: int, code: str | None
) -> None:
    site.answers.update(
        {"/robots.txt": reply("User-agent: *\nDisallow: /", status), "/": reply(PAGE)}
    )
    if code is None:
        assert get(internet).raw == PAGE.encode()
    else:
        assert refusal(internet).code == code
        assert site.paths == ["/robots.txt"]


def test_robots_of_every_site_on_the_way(site: Site, internet: Internet) -> None:
    with serving() as other:
        internet.names["other.example"] = [["1.1.1.1"]]
        internet.ports["1.1.1.1"] = other.port
        other.answers["/robots.txt"] = redirect("/where/robots.txt")
        other.answers["/where/robots.txt"] = reply("User-agent: *\nDisallow: /secret")
        other.answers["/secret"] = reply(PAGE)
        site.answers["/"] = redirect("http://other.example/secret")
        assert refusal(internet).code == "robots"
        assert other.paths == ["/robots.txt", "/where/robots.txt"]


def test_only_the_start_of_a_huge_robots_txt_counts(site: Site, internet: Internet) -> None:
    site.answers["/"] = reply(PAGE)
    rules = b"User-agent: *\nDisallow: /b\n" + b"#" * 600_000
    site.answers["/robots.txt"] = site.flood(HEAD + b"\r\n" + rules, b"\nDisallow: /")
    assert get(internet).raw == PAGE.encode()
    assert refusal(internet, f"http://{HOST}/b").code == "robots"
    # Where it is cut, a long rule must not become a shorter one, which forbids more.
    site.answers["/robots.txt"] = reply("User-agent: *\n" + f"Disallow: /{'b' * 2000}\n" * 300)
    site.answers["/" + "b" * 1999] = reply(PAGE)
    assert get(internet, f"http://{HOST}/{'b' * 1999}").raw == PAGE.encode()


@pytest.mark.parametrize("agent", ["user-agent:{:x}", " User  Agent {:x}* # a"])
def test_a_robots_txt_of_many_agents_and_rules_stays_small(
    site: Site, internet: Internet, agent: str
) -> None:
    # Were each of the rules kept for each of the agents, it would be 9 million.
    agents = "\n".join(agent.format(number) for number in range(3_000))
    rules = "\n".join(f"allow:/{number:x}$a" for number in range(3_000))
    site.answers["/robots.txt"] = reply(f"{agents}\n{rules}\nuser-agent:*\ndisallow:/b")
    site.answers["/"] = reply(PAGE)
    tracemalloc.start()
    assert refusal(internet, f"http://{HOST}/b").code == "robots"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    assert get(internet).raw == PAGE.encode()
