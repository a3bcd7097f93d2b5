"""Ways in which a robots.txt is served, and what each means for the portal behind it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from tests.fetch.faulty.fault import Again, Pause, Reset, Step, http

RULES = b"User-agent: *\nDisallow: /kin/\n"
CLOSED = b"User-agent: *\nDisallow: /\n"


@dataclass(frozen=True, slots=True)
class Mode:
    """What is served, whether a page and a page under `/kin/` may be fetched, and the state and cause of the visit."""

    name: str
    steps: tuple[Step, ...]
    page: bool = True
    hidden: bool = True
    state: str = "done"
    cause: str = ""


def _text(body: bytes, *headers: str, kind: str = "text/plain") -> tuple[Step, ...]:
    return (http(body, *headers, kind=kind),)


def _obeyed(name: str, *steps: Step) -> Mode:
    return Mode(name, steps, hidden=False)


def _shut(name: str, *steps: Step, cause: str = "robots.unavailable", state: str = "deferred") -> Mode:
    return Mode(name, steps, page=False, hidden=False, state=state, cause=cause)


MODES: tuple[Mode, ...] = (
    *(Mode(f"ma-{code}", (http(status=f"{code} No"),)) for code in (400, 401, 403, 404, 410, 418, 451)),
    *(_shut(f"ma-{code}", http(status=f"{code} No")) for code in (429, 500, 502, 503, 504, 599)),
    _shut("im-lang", Pause()),
    _shut("im-giua-than", http(RULES, length=False, version="HTTP/1.1"), Pause()),
    _shut("cham", Again(b"HTTP/1.1 200 OK\r\n", 1), Again(b"X: y\r\n", 100, 0.2)),
    _shut("dut", Reset()),
    _shut("rong-khong-tra-loi"),
    _shut("cut", http(RULES, "Content-Length: 5000", length=False)),
    _shut("khong-http", b"SSH-2.0-OpenSSH\r\n"),
    _shut("dau-vo-tan", b"HTTP/1.1 200 OK\r\n", Again(b"X: y\r\n", 5000)),
    _shut("bom-gzip", http(gzip.compress(bytes(8 * 2**20)), "Content-Encoding: gzip", kind="text/plain")),
    _shut("gzip-cut", http(gzip.compress(RULES)[:-12], "Content-Encoding: gzip", kind="text/plain")),
    Mode("vong", (http(b"", "Location: /robots.txt", status="302 Found"),)),
    Mode("ra-canary", (http(b"", "Location: http://@CANARY@/robots.txt", status="302 Found"),)),
    _obeyed("chuyen-trong-nha", http(b"", "Location: /robots-that.txt", status="301 Moved")),
    _obeyed("thuong", *_text(RULES)),
    _obeyed("gzip", http(gzip.compress(RULES), "Content-Encoding: gzip", kind="text/plain")),
    _obeyed("bom-utf8", *_text(b"\xef\xbb\xbf" + RULES)),
    _obeyed("chi-cr", *_text(RULES.replace(b"\n", b"\r"))),
    _obeyed("nhom-rieng", *_text(b"User-agent: *\nDisallow: /\n\nUser-agent: PhuongChi\nDisallow: /kin/\n")),
    _obeyed("dong-rac", *_text(b"garbage\n:\nUser-agent\n\xff\xfe\n" + RULES + b"Crawl-delay: soon\nSitemap: \x01\n")),
    _obeyed("600-kib", *_text(RULES + b"# " + b"a" * 600_000 + b"\n" + CLOSED)),
    _obeyed("vo-tan", http(RULES, length=False, kind="text/plain"), Again(b"# lap day\n" * 6000, 400)),
    _obeyed("sao", *_text(b"User-agent: *\nDisallow: /*" + b"*" * 1000 + b"kin/\nDisallow: /" + b"*a" * 900 + b"\n")),
    Mode("rong", _text(b"")),
    Mode("trang-html", _text(b"<html><body>Disallow: /</body></html>", kind="text/html")),
    Mode("nhi-phan", _text(b"\0\1\2User-agent: *\nDisallow: /\n")),
    Mode("ma-204", (http(status="204 No Content", length=False),)),
    Mode("cam-het", _text(CLOSED), page=False, hidden=False, state="partial", cause="robots.disallowed"),
)  # fmt: skip
