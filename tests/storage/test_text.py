from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.text import comparable, fold, normalise, sha256_text

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
WORDS = st.text(VIETNAMESE + VIETNAMESE.upper() + " \u00a0,.-0123456789", max_size=60)
ANYTHING = st.text(max_size=60) | st.text(st.characters(), max_size=60) | WORDS
MARKED = st.text(
    st.sampled_from("aAeoU\u0300\u0301\u0323\u0302\u031b\u0344\uff21\U0001d400\U0001d7ce ðÐđ\u200b\u00ad"), max_size=20
)


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Phường\u00a0 Hưng\u2009Phúc \n", "Phường Hưng Phúc"),
        ("một\x85hai\x0bba\x1cbốn", "một hai ba bốn"),
        ("Hội\u200b nghị\ufeff\u00ad", "Hội nghị"),
        (nfd("Đường phố Thuận Hoá"), "Đường phố Thuận Hoá"),
        ("\U0001d407\U0001d428\u0302\u0323\U0001d422 nghị", "Hội nghị"),
        ("ＵＢＮＤ　ｐｈườｎｇ", "UBND phường"),
        ("HÐND phường Ðông Vĩnh", "HĐND phường Đông Vĩnh"),
        ("Ð/c Nguyễn Văn A, ðường 3/2", "Đ/c Nguyễn Văn A, đường 3/2"),
        ("Guðjón Þórðarson", "Guðjón Þórðarson"),  # j and þ are not Vietnamese
        ("Buôn M’Droh – Akŏ Dhŏng", "Buôn M’Droh – Akŏ Dhŏng"),
        ("hoà bình, hòa bình", "hoà bình, hòa bình"),
        ("“trích” … 19h30’ ½ x² ①", "“trích” … 19h30’ ½ x² ①"),
        ("💖 Chúc mừng", "💖 Chúc mừng"),
        ("năm 2024Tiếp tục phong phú.Công tác, 04hồ sơ", "năm 2024Tiếp tục phong phú.Công tác, 04hồ sơ"),
        ("16.249 triệu đồng, 98,6 %, 22.5%", "16.249 triệu đồng, 98,6 %, 22.5%"),
        ("kì họp, kỳ họp, liệt sỹ, liệt sĩ", "kì họp, kỳ họp, liệt sỹ, liệt sĩ"),
        ("Quyết định\u00a0\u2003\u3000số\u202f1", "Quyết định số 1"),
        ("Ch’Ơm, H'Giang, KDũn", "Ch’Ơm, H'Giang, KDũn"),
        ("Ng\u00adày", "Ngày"),
        ("a\ud800b", "ab"),
        ("", ""),
    ],
)
def test_normalise_when_given_then_as_the_archive_keeps_it(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(ANYTHING | MARKED)
def test_normalise_when_done_twice_then_the_same(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANYTHING | MARKED)
def test_normalise_when_decomposed_then_the_same(text: str) -> None:
    assert normalise(nfd(text)) == normalise(nfc(text)) == normalise(text)


@given(ANYTHING)
def test_normalise_when_done_then_nfc_on_one_line_without_invisible_letters(text: str) -> None:
    done = normalise(text)
    assert done == nfc(done)
    assert done == " ".join(done.split())
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in done)


@given(WORDS)
def test_normalise_when_vietnamese_then_only_white_space_changes(text: str) -> None:
    assert normalise(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đường phố", "duong pho"),
        ("Thuận Hoá", "thuan hoa"),
        ("Thuận Hóa", "thuan hoa"),
        ("uỷ ban, ủy ban", "uy ban, uy ban"),
        ("Buôn M’Droh", "buon m'droh"),
        ("Akŏ Dhŏng, Đŭng", "ako dhong, dung"),
        ("HÐND", "hdnd"),
        ("Ch’Ơm, Ch'Ơm, Ch\u02bcƠm", "ch'om, ch'om, ch'om"),
        ("quý, quỹ, uỷ, ủy, khoẻ, khỏe", "quy, quy, uy, uy, khoe, khoe"),
    ],
)
def test_fold_when_given_then_key(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(ANYTHING | MARKED)
def test_fold_when_done_twice_then_the_same(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANYTHING | MARKED)
def test_fold_when_decomposed_then_the_same(text: str) -> None:
    assert fold(nfd(text)) == fold(nfc(text)) == fold(text)


@given(WORDS)
def test_fold_when_vietnamese_then_plain_letters_one_for_one(text: str) -> None:
    folded = fold(text.replace("\u00a0", " "))
    assert folded.isascii()
    assert len(folded) == len(text)
    assert folded == fold(text.upper().replace("\u00a0", " "))


def _toned(letters: str, place: int, tone: str) -> str:
    return nfc(letters[: place + 1] + tone + letters[place + 1 :])


PAIRS = st.tuples(st.sampled_from(["oa", "oe", "uy"]), st.sampled_from("\u0300\u0301\u0309\u0303\u0323"))


@given(PAIRS, st.sampled_from(["h", "Th", "l", "kh"]))
def test_fold_and_comparable_when_tone_stands_elsewhere_then_equal(pair: tuple[str, str], start: str) -> None:
    vowels, tone = pair
    first, second = (start + _toned(vowels, place, tone) for place in (0, 1))
    assert first != second
    assert fold(first) == fold(second) == (start + vowels).lower()
    assert comparable(f"Ngày {first} bình") == comparable(f"Ngày {second} bình")
    assert comparable(first) != comparable(start + vowels)


@given(WORDS, WORDS)
def test_comparable_when_texts_differ_in_more_than_tone_place_then_different(one: str, other: str) -> None:
    if comparable(one) == comparable(other):
        assert fold(one).split() == fold(other).split()


@given(ANYTHING)
def test_sha256_text_when_anything_then_hex(text: str) -> None:
    assert len(sha256_text(text)) == 64


@given(WORDS | st.text("áâÃÄ”•ơư \u00a0a\t", max_size=20))
def test_normalise_when_nothing_needs_mending_the_short_way_gives_what_the_careful_one_gives(text: str) -> None:
    careful = "\u200b" + text  # an invisible character is reason enough to look closely, and goes

    assert normalise(text) == normalise(careful)


def test_normalise_of_a_word_of_half_a_million_letters_beside_an_icelandic_one_ends() -> None:
    assert normalise("a" * 500_000 + " HÐND") == "a" * 500_000 + " HĐND"
