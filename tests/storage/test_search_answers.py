"""What readers make of a query: hits in the original text, and the order of relevance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import reader, search
from storage.engine import Database
from storage.reader import Filters
from tests.builders import make_reading, put_article

TEXT = "Sáng 26/12, UBND phường tổ chức hội nghị. Đường phố sạch đẹp, đường làng ngõ xóm."


def _drawn(segments: tuple[search.Segment, ...]) -> str:
    return "".join(f"[{one.text}]" if one.hit else one.text for one in segments)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        (TEXT, "duong", "Sáng 26/12, UBND phường tổ chức hội nghị. [Đường] phố sạch đẹp, [đường] làng ngõ xóm."),
        ("Ủy ban nhân dân xã", "UBND", "[Ủy ban nhân dân] xã"),
        ("UBND xã", '"uỷ ban nhân dân"', "[UBND] xã"),
        ("Hòa bình, hoà giải", "hoà", "[Hòa] bình, [hoà] giải"),
        ("Ho\u0300a bi\u0300nh", "hoa binh", "[Ho\u0300a] [bi\u0300nh]"),
        ("số 60/2026 ngày 60", "60/2026", "số [60/2026] ngày 60"),
        ("nghị quyết, nghiêm", "ngh*", "[nghị] quyết, [nghiêm]"),
        ("chợ Vinh", "-chợ vinh", "chợ [Vinh]"),
        ("<b>chợ</b> & <script>", "chợ script", "<b>[chợ]</b> & <[script]>"),
        ("K\u20d7im cương", "kim", "[K\u20d7im] cương"),
        ("Hội nghị tin,\u0b94a", "tin", "Hội nghị [tin],\u0b94a"),
        ("Vinh", "file:vinh", "Vinh"),
        ("", "vinh", ""),
    ],
)
def test_marked_when_text_is_as_written_then_hits_are_pieces_of_it(text: str, query: str, expected: str) -> None:
    assert _drawn(search.marked(text, search.parse(query))) == expected


@given(text=st.text(max_size=80), words=st.lists(st.sampled_from(["a", "hoa", "đ", "1", "ß", "ﬁ", "İ"]), max_size=3))
def test_snippet_when_text_is_anything_then_its_segments_are_the_text_between_its_ends(
    text: str, words: list[str]
) -> None:
    shown = search.snippet(text, search.parse(" ".join(words)), width=30)
    assert "".join(one.text for one in shown.segments) == text[shown.start : shown.end]


def test_snippet_when_text_is_long_then_the_piece_with_most_of_the_words() -> None:
    text = "Chợ họp sớm. " + "Lời dẫn dài. " * 60 + "Hôm nay chợ Vinh đóng cửa. " + "Lời kết dài. " * 60
    shown = search.snippet(text, search.parse("cho vinh"))
    assert "[chợ] [Vinh] đóng cửa" in _drawn(shown.segments)
    assert shown.end - shown.start <= search.WIDTH
    assert search.snippet(text, search.parse("nothing")).start == 0


@pytest.fixture
def shelf(database: Database) -> dict[str, str]:
    """Articles by their letter, from the oldest; each is about a market in its own way."""
    told = {
        "t": ("Chợ quê họp sớm", "Bà con phấn khởi."),  # in the title, with the accents that were typed
        "n": ("Tin vắn", "Chợ quê nằm bên sông, chợ quê họp sớm, chợ quê đông."),  # often
        "w": ("Tin vắn", "Quê ta có chợ."),  # both words, apart
        "o": ("Chờ quế", "Mùa chờ quế nở."),  # other words with the same letters
    }
    return {
        letter: put_article(
            database, make_reading(title, paragraphs=(text,), identity=letter, published=f"2024-01-0{day}")
        )
        for day, (letter, (title, text)) in enumerate(told.items(), 1)
    }


@pytest.mark.parametrize(
    ("words", "newest", "best"),
    [
        ("chợ quê", "ownt", "tnwo"), ("cho que", "ownt", "otnw"), ('"chợ quê"', "ont", "tno"), ("chờ", "ownt", "otnw"),
        ("chợ -sông", "owt", "two"), ("vang", "", ""),
    ],
)  # fmt: skip
def test_relevant_when_accents_were_typed_then_they_count_before_everything(
    database: Database, shelf: dict[str, str], words: str, newest: str, best: str
) -> None:
    names = {article: letter for letter, article in shelf.items()}
    assert "".join(names[line.id] for line in reader.articles(database, Filters(words))) == newest
    assert "".join(names[line.id] for line in reader.relevant(database, Filters(words))) == best
    paged = [reader.relevant(database, Filters(words), skip=skip, limit=1) for skip in range(len(best) + 1)]
    assert "".join(names[line.id] for page in paged for line in page) == best


@given(
    words=st.sampled_from(["chợ quê", "cho", "UBND chợ", '"chợ quê"', "ch*", "title:chợ quê", "chợ OR sông"]),
    title=st.lists(st.sampled_from(["Chợ", "quê", "chờ", "UBND", "sông"]), max_size=4),
    text=st.lists(st.sampled_from(["chợ", "quê", "Quế", "ủy ban nhân dân", "sông"]), max_size=30),
)
def test_bounds_when_the_text_is_read_then_its_rank_lies_between(words: str, title: list[str], text: list[str]) -> None:
    ranker = search.ranker(search.parse(words))
    least, most = ranker.bounds(" ".join(title))
    assert least <= ranker.rank(" ".join(title), " ".join(text)) <= most


def test_illustrated_when_words_stand_in_title_and_text_then_both_show_them(database: Database) -> None:
    put_article(database, make_reading("Chợ <b>quê</b>", paragraphs=("Bà con đi chợ sớm.",)))
    [line] = reader.illustrated(database, "cho", reader.articles(database, Filters("cho")))
    assert _drawn(line.heading) == "[Chợ] <b>quê</b>"
    assert line.snippet is not None
    assert _drawn(line.snippet.segments).startswith("Bà con đi [chợ] sớm.")
    [plain] = reader.illustrated(database, "", reader.articles(database, Filters("cho")))
    assert (plain.heading, plain.snippet) == ((), None)
