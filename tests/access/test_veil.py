"""Lists for everybody: no number that is marked is left, wherever a hit cut it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.pages.veil import veiled
from access.personal import MASK
from storage.reader import ArticleLine, FileHit
from storage.search import Segment, Snippet, parse, snippet

NUMBER = "012345678901"
TEXT = f"Ông Nguyễn Văn A, CCCD {NUMBER}, nộp đơn."
LINE = ArticleLine(
    "a234567234567234", "phuong.gov.vn", "Phường", "", "http://phuong.gov.vn/1", "article", "Đơn", "Lời", "", "",
    datetime(2026, 1, 1, tzinfo=UTC), 1, datetime(2026, 1, 1, tzinfo=UTC), None, 1,
)  # fmt: skip


@given(cuts=st.lists(st.integers(0, len(TEXT)), max_size=6).map(sorted))
def test_snippet_when_hits_cut_a_number_then_one_mask_stands_for_it(cuts: list[int]) -> None:
    ends = [0, *cuts, len(TEXT)]
    segments = tuple(Segment(TEXT[a:b], hit=bool(n % 2)) for n, (a, b) in enumerate(pairwise(ends)))
    shown = veiled(replace(LINE, heading=segments, snippet=Snippet(0, len(TEXT), segments, TEXT)))

    assert shown.snippet is not None
    for told in (shown.heading, shown.snippet.segments):
        assert "".join(one.text for one in told) == TEXT.replace(NUMBER, MASK)


def test_line_when_title_lead_and_file_hold_numbers_then_all_are_masked() -> None:
    url = f"http://phuong.gov.vn/don-cccd-{NUMBER}.html"
    line = replace(LINE, title=TEXT, lead=TEXT, category=TEXT, url=url, files=(FileHit(TEXT, url),))
    shown = veiled(line)

    assert NUMBER not in "".join(
        (shown.title, shown.lead, shown.category, shown.url, shown.files[0].name, shown.files[0].url)
    )
    assert shown.title.count(MASK) == 1


@pytest.mark.parametrize(
    ("before", "number", "behind"),
    [
        ("Số tài khoản nhận: ", "1 0 1 2 3 4 5 6 7 8 9", " tại chợ"),
        ("Căn cước công dân số: ", "182345678", " cấp ở chợ"),
        ("Họ tên | Ngày sinh | Nơi\nLê Văn Ba | 1/1/2011 | xã\n", "Trần Thị Hai | 05/6/2012", " | chợ"),
    ],
)
def test_snippet_when_it_begins_behind_what_marks_a_number_then_the_number_is_masked(
    before: str, number: str, behind: str
) -> None:
    text = f"Tin.\n{before}{number}{behind}\nHết."
    for start in range(5, text.index(number) + len(number)):
        piece = text[start:]
        made = Snippet(start, len(text), (Segment(piece[:4]), Segment(piece[4:], hit=True)), text)
        shown = veiled(replace(LINE, snippet=made, files=(FileHit("a", "http://a.vn/f", made),)))
        for one in (shown.snippet, shown.files[0].snippet):
            assert one is not None
            said = "".join(segment.text for segment in one.segments)
            assert number[-4:] not in said
            assert said.endswith(f"{MASK}{behind}\nHết.")


def test_snippet_when_cut_by_a_search_then_it_knows_its_text() -> None:
    text = "Số tài khoản: 19034567890 tại chợ " + "và " * 200
    shown = veiled(replace(LINE, snippet=snippet(text, parse("chợ"), width=20)))

    assert shown.snippet is not None and shown.snippet.start > 5
    assert "4567890" not in "".join(one.text for one in shown.snippet.segments)
