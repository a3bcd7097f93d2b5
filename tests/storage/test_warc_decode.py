"""Content codings of stored bodies, honest, cut off and hostile."""

from __future__ import annotations

import os
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.warc.reader import decode
from tests.storage.warcs import BODY


def _raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


def gzipped(data: bytes) -> bytes:
    return zlib.compress(data, wbits=31)


@pytest.mark.parametrize(
    ("codings", "sent", "body", "problem"),
    [
        ("gzip", gzipped(BODY), BODY, ""),
        ("GZIP, identity", gzipped(BODY), BODY, ""),
        ("x-gzip", gzipped(BODY) + gzipped(b"more"), BODY + b"more", ""),
        ("gzip", gzipped(BODY) + b"\0\0", BODY, ""),
        ("deflate", zlib.compress(BODY), BODY, ""),
        ("deflate", _raw_deflate(BODY), BODY, ""),
        ("br", brotli.compress(BODY), BODY, ""),
        ("deflate, gzip", gzipped(zlib.compress(BODY)), BODY, ""),
        ("gzip", BODY, BODY, ""),  # the header lies
        ("", BODY, BODY, ""),
        ("gzip", b"", b"", ""),
        ("zstd", b"\x28\xb5", b"\x28\xb5", "coding"),
        ("br", b"no brotli", b"no brotli", "coding"),
        ("deflate", b"no deflate", b"no deflate", "coding"),
        ("gzip", gzipped(b"x" * 10_000), b"x" * 5000, "decoded"),
        ("br", brotli.compress(b"x" * 10_000), b"x" * 5000, "decoded"),
        ("deflate", zlib.compress(b"x" * 10_000), b"x" * 5000, "decoded"),
        ("gzip", gzipped(gzipped(b"x" * 10_000)), gzipped(b"x" * 10_000), ""),
        ("", b"x" * 10_000, b"x" * 5000, "decoded"),
        ("UTF-8", BODY, BODY, ""),  # no coding at all, said by servers that mean the charset
    ],
)
def test_decode_when_sent_so_then_body(codings: str, sent: bytes, body: bytes, problem: str) -> None:
    assert decode(sent, codings, limit=5000) == (body, problem)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_decode_when_cut_off_then_its_beginning(coding: str) -> None:
    plain = os.urandom(20_000).hex().encode()
    packed = {"gzip": gzipped, "deflate": zlib.compress, "br": brotli.compress}[coding](plain)
    body, problem = decode(packed[: len(packed) // 2], coding, limit=1 << 20)
    assert problem == "coding"
    assert len(body) > 5000
    assert plain.startswith(body)


@pytest.mark.slow
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_decode_when_bomb_then_cut_at_the_limit(coding: str) -> None:
    plain = bytes(100 << 20)
    packed = {"gzip": gzipped, "deflate": zlib.compress, "br": lambda data: brotli.compress(data, quality=1)}[coding](
        plain
    )
    body, problem = decode(packed, coding, limit=1 << 20)
    assert (len(body), problem) == (1 << 20, "decoded")


def test_decode_when_it_grows_a_hundredfold_beyond_a_mebibyte_then_it_is_cut() -> None:
    body, problem = decode(gzipped(bytes(8 << 20)), "gzip", limit=16 << 20)
    assert (len(body), problem) == (1 << 20, "decoded")


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=300), coding=st.sampled_from(["gzip", "deflate", "br", "gzip,br", "x"]))
def test_decode_when_sent_anything_then_no_error(data: bytes, coding: str) -> None:
    decode(data, coding, limit=1000)
    decode(b"\x1f\x8b\x08\x00" + data, coding, limit=1000)
