"""The portal's template: learned once it has enough pages, from a fixed set of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crawler.ingest import template as templates
from crawler.ingest.driver.desk import SLICE, Desk, opened
from crawler.ingest.read import Captured, read
from storage.records import Capture, Template
from storage.writer import queue

LEARN_FROM = 10
"""Captures a template is learned from once the portal has as many; before its visit's end a portal waits for them."""

LEARN_AT_LEAST = 3
"""Fewer pages than this show no repetition worth learning."""

LOOKED_AT = 60
"""Captures that are looked at to find them: past as many, a portal's articles are too rare to wait for."""

TRUSTED = 0.7
"""Share of the pages a template was learned from that must still read as articles with it."""


def learned(desk: Desk, *, at_end: bool) -> Template | None:
    """The portal's template, learned now if it has none, or again if the last one saw too few pages.

    The set is fixed: the first article-shaped captures of the portal in archive order. None while there is nothing to learn
    from.
    """
    with desk.db.read() as conn:
        current = queue.template(conn, desk.portal.id)
        if current and len(current.learned_from) >= LEARN_FROM:
            return current
        candidates = queue.learnable(conn, desk.portal.id, LOOKED_AT)
    samples = article_shaped(desk, candidates)
    enough = LEARN_FROM if not at_end else LEARN_AT_LEAST
    if len(samples) < enough or (current and len(samples) <= len(current.learned_from)):
        return current
    template = learn(desk, samples, version=current.version + 1 if current else 1)
    with desk.db.write(desk.fence) as conn:
        queue.put_template(conn, template, now=desk.now())
    return template


def learn(desk: Desk, samples: Sequence[Captured], *, version: int) -> Template:
    """The template of these pages; one that knows nothing if most of them do not read as articles with it."""
    pages = [
        (captured.capture.entry, captured.capture.url, captured.body, captured.capture.charset) for captured in samples
    ]
    template = templates.learn(pages, portal=desk.portal.id, version=version)
    if sum(read(captured, template=template).article for captured in samples) < TRUSTED * len(samples):
        # Articles of one form (a weekly timetable) look like furniture: nothing learned is better than pages read as empty.
        blank = templates.learn((), portal=desk.portal.id, version=template.version)
        template = replace(blank, learned_from=template.learned_from)
    return template


def article_shaped(desk: Desk, candidates: Sequence[Capture]) -> list[Captured]:
    """The first of these captures that read like articles without any template, as many as a template is learned from."""
    found: list[Captured] = []
    for start in range(0, len(candidates), SLICE):
        for captured in opened(desk, candidates[start : start + SLICE])[0]:
            if len(found) == LEARN_FROM:
                return found
            desk.progress(captured.capture)
            if not captured.capture.truncated and read(captured, template=None).article:
                found.append(captured)
    return found
