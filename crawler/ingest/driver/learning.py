"""The portal's templates: learned once it has enough pages, and again when its pages come in another layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from crawler.ingest import template as templates
from crawler.ingest.driver.desk import SLICE, Desk, opened
from crawler.ingest.driver.readers import SAMPLED, Reader, misfit
from crawler.ingest.driver.unchanged import shows_the_same
from crawler.ingest.judge import no_article_at
from crawler.ingest.read import Captured
from storage import points
from storage.errors import Away
from storage.records import Capture, Template
from storage.writer import layouts, queue

LEARN_FROM = 10
"""Captures a template is learned from once the portal has as many; before its visit's end a portal waits for them."""

LEARN_AT_LEAST = 3
"""Fewer pages than this show no repetition worth learning."""

LOOKED_AT = 60
"""Captures that are looked at to find them: past as many, a portal's articles are too rare to wait for."""

TRUSTED = 0.7
"""Share of the pages a template was learned from that must still read as articles with it; and share of the last
`LEARN_FROM` articles whose layout it must know to be the portal's template still."""

KEPT = 3
"""Templates that are read with, the newest first: pages of an old layout stay in the archive, and on the portal for long."""


def learned(desk: Desk, *, at_end: bool) -> Reader:
    """The portal's reader: its templates, after learning one now if it has none, saw too few pages, or knows them no more.

    The sets are fixed: the first article-shaped captures of a layout in archive order. Without templates while there is
    nothing to learn from. Nothing is learned while one of them stands on a shelf that is away; raises Away where no template
    is known yet, for pages are not read once more when there is one.
    """
    with desk.db.read() as conn:
        known = layouts.templates(conn, desk.portal.id, KEPT)
    if not known or len(known[0].learned_from) < LEARN_FROM:
        try:
            known = grown(desk, known, at_end=at_end)
        except Away:
            if not known:
                raise
    with suppress(Away):
        known = relearned(desk, known) if known else ()
    return Reader(known, desk.memory)


def grown(desk: Desk, known: tuple[Template, ...], *, at_end: bool) -> tuple[Template, ...]:
    """The templates with a first one, or with a newest one that saw more pages of the same layout than before."""
    current = known[0] if known else None
    other = next((one for one in known if current and not set(one.learned_from) & set(current.learned_from)), None)
    with desk.db.read() as conn:
        since = min(current.learned_from) if other and current else 0
        candidates = layouts.learnable(conn, desk.portal.id, LOOKED_AT, since=since)
        waits = layouts.waits(conn, [capture.entry for capture in candidates])
    if current and not waits and all(capture.fetched_at < desk.now() - queue.NIGHT for capture in candidates):
        return known  # the last visit's end saw them all
    samples = article_shaped(desk, candidates, other)
    enough = LEARN_FROM if not at_end else LEARN_AT_LEAST
    if len(samples) < enough or (current and len(samples) <= len(current.learned_from)):
        return known
    template = learn(desk, samples, version=current.version + 1 if current else 1)
    with desk.db.write(desk.fence) as conn:
        queue.put_template(conn, template, now=desk.now())
    points.reached("template.stored")
    return (template, *known)[:KEPT]


def relearned(desk: Desk, known: tuple[Template, ...]) -> tuple[Template, ...]:
    """The templates with a new one before them, if most of the last articles came in a layout that none of them knows.

    What was read since the first of those pages, and a little before, where a sample may have missed it, is read again.
    Where nothing is learned of the first of them (a night of empty pages came before), of the newest: those between wait for
    the template no less.
    """
    current, base = known[0], max(known[0].learned_from)
    with desk.db.read() as conn:
        recent = layouts.recent(conn, desk.portal.id, after=base, limit=2 * SAMPLED)
    doubted = any(recent)
    fitting, strange = looked_over(desk, Reader(known, desk.memory), closely=doubted)
    earlier, before = recent[: max(0, LEARN_FROM - fitting - len(strange))], list[Capture]()
    if any(earlier) or strange:
        with desk.db.read() as conn:
            before = layouts.strange(conn, desk.portal.id, after=base, limit=LOOKED_AT)
    fitting += earlier.count(False)
    odd = len(strange) + earlier.count(True)
    if odd < LEARN_AT_LEAST or fitting > TRUSTED * (fitting + odd):
        return known
    met = [*opened(desk, before)[0], *strange]
    first, last = _of_different_pages(met), _of_different_pages(met, newest=True)
    for samples in (first, last) if first != last else (first,):
        template = proven(desk, samples, version=current.version + 1)
        if template is not None:
            break
    else:
        return known  # their texts stand in no common place: the general way goes on
    with desk.db.write(desk.fence) as conn:
        queue.put_template(conn, template, now=desk.now())
        since, missed = first[0].capture.entry, 2 * SAMPLED if doubted else 0
        layouts.reopen(conn, desk.portal.id, after=base, since=since, before=missed)
        layouts.report(conn, template, current, now=desk.now())
    points.reached("template.stored")
    return (template, *known)[:KEPT]


def proven(desk: Desk, samples: Sequence[Captured], *, version: int) -> Template | None:
    """A template of these pages that says where their texts stand, and knows most of them again; None if there is none."""
    if len(samples) < LEARN_AT_LEAST:
        return None
    template = learn(desk, samples, version=version)
    reader = Reader((template,), desk.memory)
    return None if not template.body.get("bodies") or _all_strange(reader, samples) else template


def _all_strange(reader: Reader, samples: Sequence[Captured]) -> bool:
    """Whether the template does not even fit most of the pages that it was learned from."""
    strange = sum(reader.is_strange(reader.read(captured, closely=True)) for captured in samples)
    return strange > (1 - TRUSTED) * len(samples)


def looked_over(desk: Desk, reader: Reader, *, closely: bool) -> tuple[int, list[Captured]]:
    """Of the first articles that wait: how many are of a layout that is known, and those that are not.

    A few that are known are enough to go on; a doubt is looked into as far as a template is learned from. `closely`: each
    page is shown to the second reader, because the last ones left a doubt.
    """
    fitting, strange = 0, list[Captured]()
    for captured in _first_pages(desk, closely=closely):
        if fitting + len(strange) == LEARN_FROM or (fitting == LEARN_AT_LEAST and not strange):
            break
        if captured is None:
            fitting += 1
            continue
        desk.progress(captured.capture)
        reading = reader.read(captured, closely=closely)
        if not reading.article or captured.capture.truncated:
            continue
        if reader.is_strange(reading):
            strange.append(captured)
        else:
            fitting += 1
    return fitting, strange


def _first_pages(desk: Desk, *, closely: bool) -> Iterator[Captured | None]:
    """The first pages that wait; unless they are looked at `closely`, None for each that shows its article as it was when its
    layout was known: nobody has to read it to say so again.
    """
    with desk.db.read() as conn:
        captures = queue.unread(conn, desk.portal.id, 2 * LEARN_FROM)
        pages = [capture for capture in captures if capture.status == 200 and capture.purpose in layouts.PAGES]
        bases = {} if closely else queue.bases(conn, desk.portal.id, [capture.entry for capture in pages])
    same = {entry for entry, base in bases.items() if base.same and not base.strange}
    for some in _by_and_by(pages):
        others = [capture for capture in some if capture.entry not in same]
        found = {one.capture.entry: one for one in opened(desk, others, there=True)[0]} if others else {}
        # In the archive's order: who looks them over stops as soon as a few fit.
        for capture in some:
            if capture.entry in same:
                yield None
            elif (page := found.get(capture.entry)) is not None:
                yield None if shows_the_same(desk, page, bases.get(capture.entry)) else page


def _by_and_by(pages: Sequence[Capture]) -> Iterator[Sequence[Capture]]:
    """A few of the pages, a few more, then the rest: their bytes are unpacked only if it comes to them."""
    for start, end in pairwise((0, LEARN_AT_LEAST + 1, LEARN_FROM, len(pages))):
        if pages[start:end]:
            yield pages[start:end]


def _of_different_pages(captures: Iterable[Captured], *, newest: bool = False) -> list[Captured]:
    """The first captures of as many pages as a template is learned from, or the `newest`; in the order of the archive."""
    pages: dict[str, Captured] = {}
    for captured in sorted(captures, key=lambda one: one.capture.entry, reverse=newest):
        pages.setdefault(captured.capture.key, captured)
    return sorted(list(pages.values())[:LEARN_FROM], key=lambda one: one.capture.entry)


def learn(desk: Desk, samples: Sequence[Captured], *, version: int) -> Template:
    """The template of these pages; one that knows nothing if most of them do not read as articles with it."""
    pages = [
        (captured.capture.entry, captured.capture.url, captured.body, captured.capture.charset) for captured in samples
    ]
    fetched = {captured.capture.entry: captured.capture.fetched_at for captured in samples}
    opened_pages = {captured.capture.entry: desk.memory.page(captured) for captured in samples}
    template = templates.learn(pages, portal=desk.portal.id, version=version, fetched=fetched, opened=opened_pages)
    if sum(desk.memory.read(captured, template).article for captured in samples) < TRUSTED * len(samples):
        # Articles of one form (a weekly timetable) look like furniture: nothing learned is better than pages read as empty.
        blank = templates.learn((), portal=desk.portal.id, version=template.version)
        template = replace(blank, learned_from=template.learned_from)
    return template


def article_shaped(desk: Desk, candidates: Sequence[Capture], other: Template | None) -> list[Captured]:
    """The first of these captures that read like articles without any template, as many as a template is learned from.

    `other` is the template of another layout, whose pages are left out.
    """
    found: list[Captured] = []
    for start in range(0, len(candidates), SLICE):
        for captured in opened(desk, candidates[start : start + SLICE])[0]:
            if len(found) == LEARN_FROM:
                return found
            desk.progress(captured.capture)
            if captured.capture.truncated or no_article_at(captured.capture.url, desk.portal):
                continue  # which need not be read to know
            if not desk.memory.is_article(captured):
                continue
            if other is None or misfit(desk.memory.read(captured, other), other):
                found.append(captured)
    return found
