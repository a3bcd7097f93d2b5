"""Two states of an article compared by words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from access.diff import Piece, as_json, between, compare, cut, shortened

WORDS = st.lists(
    st.sampled_from(["phường", "hòa", "Bình", "tổ", "chức", ",", ".", "12/5", "\n\n", " ", "và"]), max_size=40
)


def marked(old: str, new: str) -> str:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare(old, new))


@given(WORDS, WORDS)
@example(["\n\n"], [" ", "\n\n"])
def test_pieces_when_put_together_then_are_both_texts(old: list[str], new: list[str]) -> None:
    before, after = "".join(old), "".join(new)
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert (before == after) == all(piece.kind == "same" for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Sáng 12/5, phường tổ chức họp.", "Sáng 13/5, phường tổ chức họp.", "Sáng [-12/5-]{+13/5+}, phường tổ chức họp."),
        ("UBND phường Hoà Bình họp", "UBND phường Hòa Bình họp", "UBND phường [-Hoà-]{+Hòa+} Bình họp"),
        ("Đoạn một.\n\nĐoạn ba.", "Đoạn một.\n\nMột đoạn chen giữa hai đoạn kia.\n\nĐoạn ba.",
         "Đoạn một.\n\n{+Một đoạn chen giữa hai đoạn kia.\n\n+}Đoạn ba."),
        ("Có 41 người dự họp", "Có 41 người dự họp, trong đó 12 nữ", "Có 41 người dự họp{+, trong đó 12 nữ+}"),
        ("Có 41 người dự", "Có 41 người dự họp", "Có 41 người dự{+ họp+}"),
        ("Tổ chức họp tại hội trường", "Tổ chức họp  tại", "Tổ chức họp[- -]{+  +}tại[- hội trường-]"),
        ("Giá trị 1.200.000 đồng", "Giá trị 1.300.000 đồng", "Giá trị [-1.200.000-]{+1.300.000+} đồng"),
    ],
)  # fmt: skip
def test_words_when_compared_then_syllables_and_numbers_are_whole(old: str, new: str, shown: str) -> None:
    assert marked(old, new) == shown


def test_words_when_a_text_has_nothing_in_common_then_one_whole_change() -> None:
    assert [piece.kind for piece in compare("Một hai ba bốn năm sáu và bảy", "Chín mười chục trăm và nghìn")] == [
        "gone",
        "new",
    ]


def test_fields_when_only_the_title_changed_then_only_the_title() -> None:
    old, new = {"title": "Họp tổ dân phố", "text": "A"}, {"title": "Họp tổ dân phố 3", "text": "A"}
    [found] = between(old, new)
    assert (found.field, found.pieces[-1].kind) == ("title", "new")
    told = as_json(1, 2, [found], article="a1")
    assert (told["from"], told["to"], told["fields"][0]["field"]) == (1, 2, "title")


def test_what_both_have_when_long_then_some_words_around_each_change() -> None:
    text = " ".join(f"từ{number}" for number in range(100))
    shown = list(shortened(compare(text + " cũ", text + " mới"), words=3))
    assert shown[0] == Piece("same", "… từ97 từ98 từ99 ")
    assert [piece.kind for piece in shown] == ["same", "gone", "new"]


def test_compare_when_more_changed_than_words_can_be_compared_then_one_replaces_the_other() -> None:
    old, new = (" ".join(f"{sign}{number} {number}" for number in range(6_000)) for sign in "ab")
    assert compare(old, new) == (Piece("gone", old), Piece("new", new))
    few, other = (" ".join(f"{sign}{number} {number}" for number in range(3)) for sign in "ab")
    assert [one.kind for one in compare(few, other)] == ["gone", "new", "same"] * 3


def test_compare_when_a_long_table_lost_a_row_and_changed_another_then_only_these() -> None:
    rows = [f"{number} | Họ tên {number} | Thôn {number % 7}" for number in range(3_000)]
    changed = [*rows[:10], *rows[11:2_000], "2000 | Họ tên khác | Thôn 5", *rows[2_001:]]
    found = compare("\n".join(rows), "\n".join(changed))
    assert [(one.kind, one.text.strip()) for one in found if one.kind != "same"] == [
        ("gone", "10 | Họ tên 10 | Thôn 3"), ("gone", "2000"), ("new", "khác"),
    ]  # fmt: skip


def test_cut_when_more_than_is_shown_then_a_sign_for_the_rest() -> None:
    assert list(cut([Piece("same", "abc"), Piece("new", "defg"), Piece("gone", "h")], 5)) == [
        Piece("same", "abc"), Piece("new", "de …"),
    ]  # fmt: skip
    assert list(cut([Piece("same", "abc")], 3)) == [Piece("same", "abc")]
