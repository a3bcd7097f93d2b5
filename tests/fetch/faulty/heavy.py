"""Misbehaviours that cost memory and time at the limits an archive really has: for the long tests."""

from __future__ import annotations

import gzip
import zlib

import brotli

from tests.fetch.faulty.fault import Again, Fault, answer, http, page

MIB = 2**20
LINK = "<a href='/nhieu/tin-{0}.html'>Hội nghị tổng kết công tác năm của phường {0}</a>"
HEAD = http(length=False)
ENTRY = "<url><loc>http://@HERE@/ban-do/tin-{}.html</loc></url>"


def _coded(body: bytes, coding: str) -> bytes:
    return http(body, f"Content-Encoding: {coding}")


FLOODS = (
    answer("than-vo-tan-120-mib", "size.body", HEAD, Again(b"<p>tin phuong</p>" * 4000, 2000)),
    answer("bom-gzip-256-mib", "size.decoded", _coded(gzip.compress(bytes(256 * MIB), 1), "gzip")),
    answer("bom-deflate-256-mib", "size.decoded", _coded(zlib.compress(bytes(256 * MIB), 1), "deflate")),
    answer("bom-br-256-mib", "size.decoded", _coded(brotli.compress(bytes(256 * MIB), quality=1), "br")),
    answer("mot-dong-10-mb", "limit.links", http(page(extra="<p>" + "a" * 10_000_000 + "</p>"))),
)

MARKUP = (
    answer("100000-thuoc-tinh", "limit.links", http(page(extra="<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>"))),
    answer("100000-tang", "limit.links", http(page(extra="<div>" * 100_000 + "x"))),
    answer("50000-the-khong-dong", "limit.links", http(page(extra="<b><i>tin " * 50_000))),
    answer("50000-lien-ket", "limit.links", http(page(extra="".join(map(LINK.format, range(50_000)))))),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = FLOODS + MARKUP
