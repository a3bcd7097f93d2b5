"""What is alike and what only looks alike: shingles, MinHash, salient tokens. Pure."""

from __future__ import annotations

from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.ingest.clusters import content as contents
from crawler.ingest.clusters.content import content, shingles, similarity, standing
from crawler.ingest.clusters.marks import agree, marks, packed, unpacked
from crawler.ingest.clusters.minhash import BANDS, LANES, buckets, estimate, signature

SENTENCES = st.lists(st.text(alphabet="abcđêư ,", min_size=1, max_size=60), min_size=1, max_size=12)
SETS = st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=400)


@given(SENTENCES)
def test_shingles_when_a_sentence_is_left_out_then_no_others_appear(texts: list[str]) -> None:
    whole = content("", texts)
    for sentence in whole.sentences:
        rest = shingles(whole, frozenset([sentence.key]))
        assert rest <= shingles(whole)
        assert shingles(whole) <= rest | set(sentence.shingles)


@given(SENTENCES)
def test_shingles_when_case_and_marks_and_paragraphs_differ_then_the_same(texts: list[str]) -> None:
    loud = [text.upper().replace("Đ", "D").replace("Ê", "E") for text in texts]
    assert shingles(content("", loud)) == shingles(content("", texts))
    assert shingles(content("", ["\n".join(texts)])) == shingles(content("", texts))


def test_shingles_when_a_sentence_is_short_then_it_is_one() -> None:
    assert len(shingles(content("", ["Kính mời quý vị."]))) == 1
    assert len(shingles(content("", ["Một hai ba bốn năm sáu bảy."]))) == 3


def test_standing_when_a_sentence_is_in_three_articles_then_it_is_one() -> None:
    foot = "Mọi thắc mắc xin liên hệ bộ phận một cửa."
    keys = standing([[f"Tin số {n}.", foot, foot] if n < 3 else ["Tin khác.", foot] for n in range(contents.RECURS)])
    assert keys == {content("", [foot]).sentences[0].key}
    assert standing([[foot, foot, foot], ["Tin khác."]]) == frozenset()


def test_similarity_when_standing_sentences_are_most_of_both_then_nothing_is_left() -> None:
    foot = " ".join(f"từ{n}" for n in range(60)) + "."
    one, other = content("", ["Tin một.", foot]), content("", ["Tin hai.", foot])
    assert similarity(one, other, frozenset()) > 0.9
    assert similarity(one, other, frozenset([one.sentences[-1].key])) == 0.0


@given(SETS, SETS)
def test_estimate_when_sets_are_arbitrary_then_within_bounds_of_jaccard(one: set[int], other: set[int]) -> None:
    """Five standard deviations of 125 lanes: one in a million pairs may miss them."""
    true = len(one & other) / len(one | other)
    assert estimate(signature(one), signature(other)) == pytest.approx(true, abs=5 * 0.045)


@pytest.mark.slow
@pytest.mark.parametrize("size", [30, 125, 700, 3000])
@pytest.mark.parametrize("jaccard", [0.2, 0.5, 0.7, 0.9])
def test_estimate_when_taken_over_many_pairs_then_unbiased(size: int, jaccard: float) -> None:
    rng = Random(size)
    errors = []
    for _ in range(40):
        shared = round(2 * size * jaccard / (1 + jaccard))
        one, other = ({rng.getrandbits(32) for _ in range(size - shared)} for _ in range(2))
        both = {rng.getrandbits(32) for _ in range(shared)}
        one, other = one | both, other | both
        errors.append(estimate(signature(one), signature(other)) - len(one & other) / len(one | other))
    assert sum(errors) / len(errors) == pytest.approx(0, abs=4 * 0.045 / 40**0.5)


@given(SETS)
def test_signature_when_order_differs_then_the_same(items: set[int]) -> None:
    made = signature(items)
    assert len(made) == 2 * LANES
    assert signature(sorted(items, reverse=True)) == made
    assert len(buckets(made)) == BANDS


def test_signature_when_made_on_another_day_then_the_same() -> None:
    """It is stored: it may rest on nothing that a process chooses, as Python's own hashes of texts do."""
    made = signature(shingles(content("", ["Hội nghị tổng kết công tác năm của phường."])))
    assert sha256(made).hexdigest() == "efb58f47afcf58d8f66d76ee69be60f00f89413edbe5c85e52102a5948b2155e"
    assert buckets(made)[0] == 5744005881550925134


def test_signature_when_there_is_no_text_then_none() -> None:
    assert signature(()) == b""
    assert buckets(b"") == []


NOTICE = "Thời gian tiêm từ 7 giờ 30 ngày {} tại Trạm Y tế phường, dự kiến {} cháu."
REST = (
    "Đề nghị các gia đình mang theo sổ tiêm chủng của trẻ.",
    "Buổi lễ do đồng chí Nguyễn Văn An chủ trì theo Kế hoạch số 45/KH-UBND.",
    "Tổng kinh phí là 120 triệu đồng từ nguồn xã hội hóa.",
)


def _agree(one: list[str], other: list[str], *, titles: tuple[str, str] = ("Tin", "Tin")) -> bool:
    first, second = (marks(content(title, text)) for title, text in zip(titles, (one, other), strict=True))
    assert agree(first, second) == agree(second, first)
    assert unpacked(packed(first)) == first
    return agree(first, second)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([NOTICE.format("5/7/2026", 40), *REST], [NOTICE.format("5/7/2026", 40), *REST], True),
        ([NOTICE.format("5/7/2026", 40), *REST], [NOTICE.format("12/7/2026", 40), *REST], False),  # another week
        ([NOTICE.format("5/7/2026", 40), *REST], [NOTICE.format("5/7/2026", 62), *REST], False),  # another number
        ([NOTICE.format("05/07/2026", 40), *REST], [NOTICE.format("5/7/2026", 40), *REST], True),  # another writing
        ([NOTICE.format("5 tháng 7 năm 2026", 40), *REST], [NOTICE.format("12 tháng 7 năm 2026", 40), *REST], False),
        ([*REST], [*REST[:1], REST[1].replace("45/KH", "46/KH"), REST[2]], False),  # another document
        ([*REST], [*REST[:1], REST[1].replace("Nguyễn Văn An", "Lê Thị Hoa"), REST[2]], False),  # another person
        ([*REST], [*REST[:2], REST[2].replace("120", "90")], False),  # another amount
        ([*REST], [*REST[:2]], True),  # cut
        ([*REST], ["Ngày 9/9/2026, trang tin phường Tân Lập giới thiệu bài viết sau đây.", *REST], True),  # introduced
        ([*REST], [*REST, "Theo Báo Nghệ An ngày 8/8/2026."], True),
    ],
)
def test_agree_when_salient_tokens_differ_in_the_same_sentence_then_not_one_story(
    one: list[str], other: list[str], same: bool
) -> None:
    assert _agree(one, other) is same


def test_agree_when_titles_of_one_form_differ_then_not_one_story() -> None:
    assert not _agree([*REST], [*REST], titles=("Lịch công tác tuần 27", "Lịch công tác tuần 28"))
    assert _agree([*REST], [*REST], titles=("Lịch công tác tuần 27", "Tuần này ở phường"))


def test_agree_when_one_figure_of_a_long_text_was_corrected_then_one_story_but_no_date() -> None:
    rng = Random(1)
    text = [f"Tổ dân phố {chr(97 + n)} đã có {rng.randint(10, 99)} hộ tham gia đợt này." for n in range(12)]
    corrected = [*text[:-1], text[-1].replace(" đã có ", " đã có 1")]
    assert _agree(text, corrected)
    assert not _agree(text[-4:], corrected[-4:])
    dated = [*text, "Buổi lễ diễn ra vào ngày 5/7/2026 tại nhà văn hóa."]
    assert not _agree(dated, [*text, dated[-1].replace("5/7", "12/7")])
