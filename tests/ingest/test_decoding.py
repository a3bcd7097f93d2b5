"""Bytes to text: the charset that reads a page, whatever was declared."""

from __future__ import annotations

import unicodedata

import pytest

from crawler.ingest.decoding import decode, doc_title, parse, telling, title_parts
from storage.syllables import TONES
from storage.text import normalise

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


@pytest.mark.parametrize("charset", ["x-unknown", "hex", "utf-7", "unicode_escape", "utf-16"])
def test_decode_when_header_names_no_charset_that_a_page_means_then_it_is_passed_over(charset: str) -> None:
    body = TEXT.encode() + b"+AOk- \\u0041 \xc4"
    text, name = decode(body, charset)
    assert name == "utf-8"
    assert text.startswith(TEXT)
    assert text.endswith("+AOk- \\u0041 \ufffd")


LONG = f"<html><head>%s</head><body>{TEXT}<p>Hội nghị nhân dân bàn việc xây dựng đô thị văn minh</p></body></html>"
HTTP_EQUIV = '<meta http-equiv="Content-Type" content="text/html; charset={}">'


def windows_1258(text: str) -> bytes:
    """As old editors write it: letters with their circumflex, breve or horn, and the tone as a character behind."""
    parts = [unicodedata.normalize("NFD", char) for char in text]
    letters = ["".join(c for c in part if c not in TONES) for part in parts]
    tones = ["".join(c for c in part if c in TONES) for part in parts]
    pairs = zip(letters, tones, strict=True)
    return "".join(unicodedata.normalize("NFC", letter) + tone for letter, tone in pairs).encode("cp1258")


@pytest.mark.parametrize(
    ("head", "header"),
    [
        ("", ""),
        (HTTP_EQUIV.format("windows-1258"), ""),
        (HTTP_EQUIV.format("x-cp1258"), ""),
        ("<meta charset=windows-1258>", "windows-1252"),
        ("<meta charset=windows-1252>", "windows-1258"),
        ("<meta charset=utf-8>", ""),
        ('<meta charset="gb2312">', "iso-8859-1"),
    ],
    ids=["undeclared", "http-equiv", "old label", "header wrong", "meta wrong", "neither utf-8", "nonsense"],
)
def test_decode_when_page_is_windows_1258_then_read_by_it_whatever_is_declared(head: str, header: str) -> None:
    page = LONG % head
    text, name = decode(windows_1258(page), header)
    assert (unicodedata.normalize("NFC", text), name) == (page, "windows-1258")
    assert normalise(parse(windows_1258(page), header).findtext(".//p")).startswith("Đảng ủy phường Hòa Xuân")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16", "iso-8859-1"])
def test_decode_when_page_is_utf_16_without_mark_then_its_bytes_say_so(charset: str, declared: str) -> None:
    page = LONG % HTTP_EQUIV.format("utf-8")
    assert decode(page.encode(charset), declared) == (page, charset)


@pytest.mark.parametrize("declared", ["windows-1252", "iso-8859-1", "latin1", "windows-1258", "gb2312"])
def test_decode_when_utf_8_is_declared_as_something_else_then_utf_8(declared: str) -> None:
    page = LONG % HTTP_EQUIV.format(declared)
    assert decode(page.encode(), declared) == (page, "utf-8")


def test_decode_when_a_few_bytes_of_utf_8_are_broken_then_the_rest_is_read() -> None:
    page = (LONG % "") * 40
    text, name = decode(page.encode() + b"\xe1\xbb", "windows-1252")
    assert name == "utf-8"
    assert text == page + "\ufffd"


@pytest.mark.parametrize("head", ["", "<meta charset=x-user-defined>", "<meta charset=utf-8>"])
@pytest.mark.parametrize(
    "written",
    [
        "Quy\u00d5t \u00ae\u00denh c\u00f1a B\u00e9 T\u00b5i ch\u00ddnh h\u00adíng dÉn thùc hiÖn chÕ ®é víi c¸n bé",
        "Quyeát ñònh cuûa Boä Taøi chính höôùng daãn thöïc hieän cheá ñoä vôùi caùn boä",
    ],
    ids=["tcvn3", "vni"],
)
def test_parse_when_all_of_the_page_is_for_an_old_font_then_single_words_are_read_too(head: str, written: str) -> None:
    body = f"<html>{head}<body><td>{written.split()[1]}</td><p>{written}</p></body></html>".encode("latin-1")
    page = parse(body)
    assert page.findtext(".//p") == "Quyết định của Bộ Tài chính hướng dẫn thực hiện chế độ với cán bộ"
    assert page.findtext(".//td") == "định"


def test_parse_when_elements_name_an_old_font_then_they_alone_are_read_by_it() -> None:
    page = parse(
        """<h1><font face=".VnTimeH">th«ng b¸o tin anh</font></h1>
        <p style="font-family: '.VnTime'">UBND ph\u00adêng Hßa Xu©n <b>Bé</b> <i style="font-family: Arial">Xuân</i></p>
        <p><font face=".VnTime">Nguyễn Văn Bé</font></p><p><font face="VNI-Times">Ñoäc laäp</font> bé</p>""".encode()
    )
    assert [normalise(block.text_content()) for block in page.iter("h1", "p")] == [
        "THÔNG BÁO TIN ANH",
        "UBND phường Hòa Xuân Bộ Xuân",
        "Nguyễn Văn Bé",
        "Độc lập bé",
    ]


def test_parse_when_the_fonts_name_is_left_over_from_a_unicode_text_then_nothing_changes() -> None:
    page = parse('<p style="font-family: .VnTimeH">Tin anh</p><p style="font-family: .VnTime">Bé hát “LÃ”</p>'.encode())
    assert [block.text for block in page.iter("p")] == ["Tin anh", "Bé hát “LÃ”"]


def test_parse_when_page_is_empty_gives_an_empty_tree() -> None:
    assert parse(b"").find("body") is not None
    assert doc_title(telling(parse(b"\x00\x00"), b"")) == ""


@pytest.mark.parametrize("name", ["itemprop", "ItemProp", "item\0prop"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258", "cp037"])
def test_telling_when_an_element_names_a_property_then_it_is_found(name: str, charset: str) -> None:
    body = f"<html><body><p>Tin<span {name}=datePublished>12/05/2024</span></p></body></html>".encode(charset)
    assert [element.tag for element in telling(parse(body, charset), body)["itemprop"]] == ["span"]


def test_title_parts_when_separators_are_mixed_cuts_at_each() -> None:
    assert title_parts("Tin A | Phường B - Cổng C") == ["Tin A", "Phường B", "Cổng C"]
