"""The generated world says of each page what is on it, and the scores say what is wrong with a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from lxml import html

from bench.quality import BARS, missed
from bench.readers import NOTHING, Seen, read_ours
from bench.scoring import bag, score
from bench.worlds.design import FLAVOURS, MEANINGLESS
from bench.worlds.sample import Sample
from bench.worlds.world import build
from phuongchi.demo.site import Gold

SEED = 1_000_003


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return build("utility-a", SEED)


def perfect(gold: Gold | None) -> Seen:
    """What a reader without fault sees."""
    if gold is None:
        return NOTHING
    files = tuple(f"http://x.invalid{path}" for path in gold.attachments)
    return Seen(True, gold.title, gold.paragraphs, gold.captions, gold.authors, gold.published_at or "", files=files)


def spoiled(samples: Sequence[Sample], **fields: object) -> list[Seen]:
    """Perfect readings with the same fault on each page."""
    return [replace(perfect(sample.gold), **fields) for sample in samples]  # type: ignore[arg-type]


def test_layouts_when_counted_then_half_of_them_say_nothing_by_their_names() -> None:
    assert len(FLAVOURS) >= 12
    assert sum(flavour in MEANINGLESS for flavour in FLAVOURS.values()) * 2 >= len(FLAVOURS)


@pytest.mark.parametrize("name", ["semantic-b", "webforms-a", "hashed-a", "oldtables-b"])
def test_build_when_layout_is_generated_then_its_gold_stands_on_its_pages(name: str) -> None:
    found = build(name, SEED)
    golds = [(sample, sample.gold) for sample in found if sample.gold]
    assert len(golds) == 40
    assert len({sample.url for sample in found}) == len(found)
    for sample, gold in golds:
        shown = bag(html.fromstring(sample.body.decode()).itertext())
        for text in (gold.title, *gold.paragraphs, *gold.captions, *gold.authors):
            assert not bag([text]) - shown
        assert all(path in sample.body.decode() or "viewer?url=" in sample.body.decode() for path in gold.attachments)
        own = "\n".join((gold.title, *gold.paragraphs, *gold.captions))
        assert gold.boilerplate
        assert not any(text in own for text in gold.boilerplate)


def test_build_when_seed_is_the_same_then_the_pages_are_and_else_not(samples: list[Sample]) -> None:
    assert build("utility-a", SEED) == samples
    assert build("utility-a", SEED + 1)[0].body != samples[0].body


def test_score_when_reading_is_perfect_then_nothing_is_missed(samples: list[Sample]) -> None:
    found = score(samples, [perfect(sample.gold) for sample in samples], split=True)
    assert not any(missed(measure, found.share(measure)) for measure in BARS)
    assert found.worst_f1 == 1.0
    assert found.share("refused") == 1.0
    assert not found.faults


@pytest.mark.parametrize(
    ("fields", "measures"),
    [
        ({"title": "Tìm kiếm tin tức"}, {"title"}),
        ({"lines": ()}, {"recall"}),
        ({"authors": ("Người lạ",)}, {"byline", "nobody"}),
        ({"captions": ()}, {"captions"}),
        ({"files": ()}, {"files"}),
    ],
)
def test_score_when_one_thing_is_wrong_then_its_measure_says_so(
    samples: list[Sample], fields: dict[str, object], measures: set[str]
) -> None:
    found = score(samples, spoiled(samples, **fields), split=True)
    assert measures <= {measure for measure in BARS if missed(measure, found.share(measure))}
    assert measures <= {fault.measure for fault in found.faults} | {"recall"}


def test_score_when_furniture_is_in_the_text_then_it_leaks(samples: list[Sample]) -> None:
    seen = [
        replace(perfect(s.gold), lines=(*s.gold.paragraphs, s.gold.boilerplate[-1])) if s.gold else NOTHING
        for s in samples
    ]
    found = score(samples, seen, split=True)
    assert found.share("leaked") == 1.0
    assert missed("precision", found.share("precision"))


def test_score_when_date_is_given_that_nobody_printed_then_invented() -> None:
    samples = next(found for name in FLAVOURS if not (found := build(name, 2))[0].gold.published_at)  # type: ignore[union-attr]
    seen = spoiled(samples, published="2026-01-01")
    assert score(samples, seen, split=True).share("invented") == 1.0


def test_score_when_reader_abstains_then_it_is_no_way_out(samples: list[Sample]) -> None:
    found = score(samples, [NOTHING] * len(samples), split=True)
    assert found.share("abstained") == 1.0
    assert found.share("recall") == 0.0
    assert found.worst_f1 == 0.0


@pytest.mark.slow
def test_read_ours_when_portal_is_new_then_texts_and_titles_are_right() -> None:
    pages = build("hashed-b", SEED)
    found = score(pages, read_ours(pages), split=True)
    assert (found.share("title") or 0) >= 0.99
    assert (found.share("recall") or 0) >= 0.99
    assert (found.share("precision") or 0) >= 0.99
    assert found.share("refused") == 1.0
