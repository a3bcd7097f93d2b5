"""Misbehaviours of the connection: silence, slowness, floods, and bytes that are no proper HTTP."""

from __future__ import annotations

import gzip
import zlib

import brotli

from tests.fetch.faulty.fault import ARCHIVED, Again, Fault, Pause, Reset, answer, http, page

GOOD = page()
HEAD = http(length=False).removesuffix(b"\r\n")
"""The beginning of an answer whose length nobody says, its last header line still to come."""

CHUNKED = http(b"", "Transfer-Encoding: chunked", length=False)
CHUNK = b"%x\r\n%s\r\n" % (len(GOOD), GOOD)
ANNOUNCED = http(b"", "Content-Length: 100000", length=False)
ZEROS = b"\0" * (8 * 2**20)


def coded(body: bytes, coding: str) -> bytes:
    """An answer with a Content-Encoding."""
    return http(body, f"Content-Encoding: {coding}")


TIME = (
    answer("im-lang", "timeout.first-byte", Pause()),
    answer("im-sau-dong-dau", "timeout.idle", b"HTTP/1.1 200 OK\r\n", Pause()),
    answer("im-sau-dau", "timeout.idle", ANNOUNCED, Pause()),
    answer("im-giua-than", "timeout.idle", ANNOUNCED, GOOD, Pause()),
    answer("im-giua-than-khong-do-dai", "timeout.idle", HEAD, b"\r\n", GOOD, Pause()),
    answer("im-giua-manh", "timeout.idle", CHUNKED, CHUNK, Pause()),
    answer("dau-cham", "timeout.total", Again(b"H", 1), b"TTP/1.1 200 OK\r\n", Again(b"X: y\r\n", 100, 0.25)),
    answer("than-cham", "timeout.total", ANNOUNCED, Again(b"<p>tin</p>", 100, 0.25)),
    answer("than-cham-khong-do-dai", "timeout.total", HEAD, b"\r\n", Again(b"<p>tin</p>", 100, 0.25)),
    answer("manh-cham", "timeout.total", CHUNKED, Again(b"1\r\nx\r\n", 100, 0.25)),
)

SIZE = (
    answer("than-vo-tan", "size.body", HEAD, b"\r\n", Again(b"<p>tin phuong</p>" * 4000, 400)),
    answer("manh-vo-tan", "size.body", CHUNKED, Again(b"10000\r\n" + b"x" * 65536 + b"\r\n", 400)),
    answer("lien-ket-vo-tan", "size.body", HEAD, b"\r\n", Again(b"<a href='/vo-tan/1.html'>Tin</a>" * 2000, 400)),
    answer("bao-dai-mot-ty", "size.body", http(b"", "Content-Length: 1000000000000", length=False), Pause()),
    answer("dong-dau-70-kib", "size.header", HEAD, b"X-Long: " + b"a" * 70_000 + b"\r\n\r\n", GOOD),
    answer("dong-trang-thai-100-kb", "size.header", b"HTTP/1.1 200 " + b"O" * 100_000 + b"\r\n\r\n" + GOOD),
    answer("300-dong-dau", "size.header", HEAD, Again(b"X-Many: 1\r\n", 300), b"\r\n", GOOD),
    answer("dau-vo-tan", "size.header", HEAD, Again(b"X-Endless: " + b"a" * 4000 + b"\r\n", 4000)),
    answer("dau-khong-xuong-dong", "size.header", HEAD, Again(b"a" * 65536, 250)),
    answer("dau-gap-vo-tan", "size.header", HEAD, b"X-Folded: 1\r\n", Again(b" a\r\n", 100_000)),
    answer("100-tiep-tuc-mai", "size.header", Again(b"HTTP/1.1 100 Continue\r\n\r\n", 100_000)),
    answer(
        "banh-quy-150-kb", "size.header", HEAD, Again(b"Set-Cookie: a=" + b"b" * 1000 + b"\r\n", 150), b"\r\n", GOOD
    ),
    answer("banh-quy-40-kb", ARCHIVED, HEAD, Again(b"Set-Cookie: a=" + b"b" * 1000 + b"\r\n", 40), b"\r\n", GOOD),
    answer("bom-gzip", "size.decoded", coded(gzip.compress(ZEROS), "gzip")),
    answer("bom-deflate", "size.decoded", coded(zlib.compress(ZEROS), "deflate")),
    answer("bom-br", "size.decoded", coded(brotli.compress(ZEROS, quality=5), "br")),
    answer("bom-gzip-gzip", "size.decoded", coded(gzip.compress(gzip.compress(ZEROS)), "gzip, gzip")),
    answer("bom-nhieu-thanh-phan", "size.decoded", coded(gzip.compress(b"\0" * 2**20) * 8, "gzip")),
)

CODING = (
    answer("gzip-cut", "http.coding", coded(gzip.compress(GOOD)[:-100], "gzip")),
    answer("gzip-rac", "http.coding", coded(b"\x1f\x8b not gzip at all", "gzip")),
    answer("gzip-sai-crc", "http.coding", coded(gzip.compress(GOOD)[:-8] + b"12345678", "gzip")),
    answer("deflate-cut", "http.coding", coded(zlib.compress(GOOD)[:-40], "deflate")),
    answer("br-cut", "http.coding", coded(brotli.compress(GOOD)[:-20], "br")),
    answer("zstd-khong-xin", "http.coding", coded(b"\x28\xb5\x2f\xfd" + b"\0" * 64, "zstd")),
    answer("gzip-ma-khong-nen", ARCHIVED, coded(GOOD, "gzip")),
    answer("gzip-co-duoi", ARCHIVED, coded(gzip.compress(GOOD) + b"\0" * 32, "gzip")),
    answer("deflate-tran", ARCHIVED, coded(zlib.compress(GOOD)[2:-4], "deflate")),
    answer("br-khong-xin", ARCHIVED, coded(brotli.compress(GOOD), "br")),
    answer("nen-ten-la-utf8", ARCHIVED, coded(GOOD, "UTF-8")),
)

LENGTH = (
    answer("dai-hon-bao", ARCHIVED, http(GOOD) + b"va them nua"),
    answer("hai-tra-loi", ARCHIVED, http(GOOD) + http(b"<p>khac</p>")),
    answer("ngan-hon-bao", "http.incomplete", ANNOUNCED, GOOD),
    answer("hai-do-dai-khac", "http.malformed", http(GOOD, "Content-Length: 5")),
    answer("hai-do-dai-mot", ARCHIVED, http(GOOD, f"Content-Length: {len(GOOD)}")),
    answer("do-dai-am", "http.malformed", http(GOOD, "Content-Length: -5", length=False)),
    answer("do-dai-chu", "http.malformed", http(GOOD, "Content-Length: abc", length=False)),
    answer("do-dai-cong", "http.malformed", http(GOOD, "Content-Length: +100", length=False)),
    answer("te-va-do-dai", ARCHIVED, http(CHUNK + b"0\r\n\r\n", "Transfer-Encoding: chunked")),
    answer("te-la", "http.malformed", http(GOOD, "Transfer-Encoding: cow", length=False)),
    answer("manh-rac", "http.incomplete", CHUNKED, CHUNK, b"zz\r\n"),
    answer("manh-khong-het", "http.incomplete", CHUNKED, CHUNK),
    answer("manh-am", "http.incomplete", CHUNKED, CHUNK, b"-5\r\nhello\r\n"),
    answer("manh-qua-to", "http.incomplete", CHUNKED, CHUNK, b"FFFFFFFFFFFFFFFF\r\nhello"),
    answer("manh-chu-thich-dai", "http.incomplete", CHUNKED, CHUNK, b"5;" + b"a" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"),
    answer("manh-duoi-vo-tan", "http.incomplete", CHUNKED, CHUNK, b"0\r\n", Again(b"X-Trailer: a\r\n", 20_000)),
)

BREAKS = (
    answer("tra-loi-rong", "net.reset"),
    answer("dut-ngay", "net.reset", Reset()),
    answer("dut-trong-dau", "net.reset", HEAD, Reset()),
    answer("dut-trong-than", "http.incomplete", ANNOUNCED, GOOD, Pause(0.05), Reset()),
    answer("dut-khong-do-dai", "http.incomplete", HEAD, b"\r\n", GOOD, Pause(0.05), Reset()),
    answer("dong-trong-dau", "net.reset", HEAD),
)

FORM = (
    answer("http-09", "http.malformed", GOOD),
    answer("http-10", ARCHIVED, http(GOOD, version="HTTP/1.0", length=False)),
    answer("http-10-khong-dau", ARCHIVED, b"HTTP/1.0 200 OK\r\n\r\n" + GOOD),
    answer("http-99", ARCHIVED, http(GOOD, version="HTTP/9.9")),
    answer("icy", "http.malformed", http(GOOD, version="ICY")),
    answer("ssh", "http.malformed", b"SSH-2.0-OpenSSH_9.2\r\n", Pause(0.05)),
    answer("rac-nhi-phan", "http.malformed", bytes(range(256)) * 4 + b"\r\n\r\n"),
    answer("trang-thai-chu", "http.malformed", http(GOOD, status="abc OK")),
    answer("trang-thai-am", "http.malformed", http(GOOD, status="-200 OK")),
    answer("trang-thai-khong-loi", ARCHIVED, http(GOOD, status="200")),
    answer("xuong-dong-lf", ARCHIVED, http(GOOD).replace(b"\r\n", b"\n")),
    answer("dong-dau-hong", ARCHIVED, http(GOOD, "this line has no colon")),
    answer("dong-dau-gap", ARCHIVED, http(GOOD, "X-Folded: one", " two", "\tthree")),
    answer("trang-truoc-hai-cham", ARCHIVED, http(GOOD, "X-Space : one")),
    answer("ten-dau-rong", ARCHIVED, http(GOOD, ": no name")),
    answer("dau-nul", ARCHIVED, http(GOOD, b"X-Nul: a\0b")),
    answer("dau-byte-la", ARCHIVED, http(GOOD, b"X-High: \xff\xfe\x80")),
    answer("dau-chen-nhat-ky", ARCHIVED, http(GOOD, b"ETag: \"a\x1b[31m\rERROR fake line\x85\"")),
    answer("dau-ngay-sai", ARCHIVED, http(GOOD, "Last-Modified: Thu, 99 Foo 99999 99:99:99 GMT", "Date: never")),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = TIME + SIZE + CODING + LENGTH + BREAKS + FORM
