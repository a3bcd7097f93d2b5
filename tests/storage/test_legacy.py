"""Garbled Vietnamese: read as it was meant where that is certain, named where it is not, right text never touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.legacy import doubts, from_font, mend
from storage.syllables import is_syllable
from storage.text import normalise

SYLLABLES = re.findall(
    r"\S+",
    "hội nghị nhân dân phường Hòa hoà Xuân xã Đông Hưng quyết định ủy uỷ ban lễ kỷ niệm quý quỹ giếng gì khuỷu nghiêng"
    " HỘI NGHỊ ĐÃ LÃ BÀ Á Ê là cô bé à ừ ý đã rõ ràng người được thưởng tuyên truyền khuyến học thuế mất sức Ấp Ý Đ/c Hà",
)
PUNCTUATION = [
    "",
    " ",
    " – ",
    "…",
    "”",
    "“",
    "’",
    "»",
    " «",
    "\u00a0",
    "°C ",
    "™",
    "• ",
    ", ",
    ": ",
    "² ",
    "/",
    "-",
    "®",
    "©",
]
PIECES = st.lists(st.tuples(st.sampled_from(PUNCTUATION), st.sampled_from(SYLLABLES)), min_size=1, max_size=12)
SENTENCES = st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=12).map(" ".join)


def as_windows(data: bytes) -> str:
    """What a browser makes of bytes that it takes for windows-1252."""
    return "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252") for byte in data
    )


def garbled(text: str, way: str) -> str:
    for _ in range(2 if way == "twice" else 1):
        text = text.encode().decode("latin-1") if way == "latin-1" else as_windows(text.encode())
    return text


@pytest.mark.parametrize(
    "word", ["quyết", "giêng", "khuỷu", "nghiêng", "HÒA", "Uỷ", "thuở", "xoong", "loẹt", "quạt", "ý"]
)
def test_is_syllable_when_vietnamese_then_true(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["ñònh", "Háº", "cña", "mÃ", "lÃ", "hìc", "Đắk", "café", "hôị́", "hHội", "Bé¸", "", "đ"]
)
def test_is_syllable_when_not_spelt_so_then_false(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
        ("C¨n cø NghÞ ®Þnh sè 15/CP cña ChÝnh phñ", "Căn cứ Nghị định số 15/CP của Chính phủ"),
        ("Th«ng t\u00ad h\u00adíng dÉn thùc hiÖn", "Thông tư hướng dẫn thực hiện"),
        ("B¸o c¸o quý I", "Báo cáo quý I"),
        ("UBND TØNH, Q§-UBND, chÕ ®é", "UBND TỈNH, QĐ-UBND, chế độ"),
        ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
        ("Caên cöù Luaät Toå chöùc HÑND vaø UBND", "Căn cứ Luật Tổ chức HĐND và UBND"),
        ("nghæ maát söùc, ngöôøi ñöôïc höôûng", "nghỉ mất sức, người được hưởng"),
    ],
)
def test_mend_when_written_for_an_old_font_then_unicode(written: str, meant: str) -> None:
    assert mend(written) == meant
    assert normalise(f" {written}\n") == meant


@pytest.mark.parametrize("way", ["windows-1252", "latin-1", "twice"])
@pytest.mark.parametrize(
    "text", ["Hội nghị tổng kết", "UBND PHƯỜNG HÒA XUÂN", "“Diễn tập” – đợt 2…", "Bộ", "Nguyễn Văn À"]
)
def test_mend_when_utf_8_was_read_wrongly_then_meant(text: str, way: str) -> None:
    assert mend(garbled(text, way)) == text
    assert normalise(garbled(text, way)) == text


def test_mend_when_only_some_words_are_garbled_then_only_those_change() -> None:
    assert mend("“ĐÃ” họp tại Há»™i trÆ°á»\x9dng") == "“ĐÃ” họp tại Hội trường"


@pytest.mark.parametrize(
    "text",
    [
        "«01» «02»",  # in TCVN3, « is ô
        "“ĐÃ” họp",  # as bytes, Ã” is Ô
        "«phá»…",
        "LÀ CÔ BÀ LÃ\u00a0Ô",
        "hoà bình toàn quân",  # in VNI it would be hồ
        "Sản phẩm® 5µm, 20°C, 10m²",
        "café, naïve, señor, São Paulo, Đắk Lắk, Akŏ Dhŏng",
        "Windows® và «bé»",
        "50£ – 20¥ – §5",
        "PhÆ°á»ng",  # its byte 0x9D is lost
    ],
)
def test_mend_when_not_certain_then_as_it_stands(text: str) -> None:
    assert mend(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Phường Hòa Xuân – “ĐÃ” họp, 20°C", ()),
        ("Hội nghị PhÆ°á»ng Hòa Xuân", ("mojibake",)),
        ("Quyết ®Þnh cña Bộ trưởng, chÕ ®é", ("legacy-font",)),
        ("H\ufffdi nghị", ("undecodable",)),
    ],
)
def test_doubts_when_something_is_left_garbled_then_named(text: str, expected: tuple[str, ...]) -> None:
    assert doubts(normalise(text)) == expected


def test_from_font_when_word_is_in_capitals_then_all_of_it_is() -> None:
    assert from_font("CéNG HOµ", "tcvn3") == "CỘNG HOÀ"
    assert from_font("Bé", "tcvn3") == "Bộ"


@given(PIECES)
def test_mend_when_vietnamese_is_right_then_never_changed(pieces: list[tuple[str, str]]) -> None:
    text = "".join(part for piece in pieces for part in piece)
    assert mend(text) == text
    if all(sign for sign, _ in pieces[1:]):
        assert "mojibake" not in doubts(text)


@given(SENTENCES, st.sampled_from(["windows-1252", "latin-1", "twice"]))
def test_mend_when_sentence_was_garbled_then_restored(text: str, way: str) -> None:
    wrong = garbled(text, way)
    mended = mend(wrong)
    # What is right as it stands, word by word (`BÃ”`), is left alone; what holds a letter of three bytes is not.
    assert mended in (text, wrong)
    if any(len(word) > 2 and any(ord(char) > 0x1E00 for char in word) and is_syllable(word) for word in text.split()):
        assert mended == text


@given(st.text(st.sampled_from("ÃÂÄÆáâ»º¢¡´‘”™\u0081\u009d\u00a0\u00ad hoiLNđñøµ®"), max_size=14))
def test_normalise_when_letters_look_garbled_then_done_twice_is_the_same(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
