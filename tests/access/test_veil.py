"""Lists for everybody: no number that is marked is left, wherever a hit cut it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from access.pages.veil import veiled
from access.personal import MASK
from storage.reader import ArticleLine, FileHit
from storage.search import Segment, Snippet

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
    shown = veiled(replace(LINE, heading=segments, snippet=Snippet(0, len(TEXT), segments)))

    assert shown.snippet is not None
    for told in (shown.heading, shown.snippet.segments):
        assert "".join(one.text for one in told) == TEXT.replace(NUMBER, MASK)


def test_line_when_title_lead_and_file_hold_numbers_then_all_are_masked() -> None:
    line = replace(LINE, title=TEXT, lead=TEXT, files=(FileHit(TEXT, "http://phuong.gov.vn/f.pdf"),))
    shown = veiled(line)

    assert NUMBER not in shown.title + shown.lead + shown.files[0].name
    assert shown.title.count(MASK) == 1
