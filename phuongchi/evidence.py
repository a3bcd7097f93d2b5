"""Where an article's fields stand on its page, and what of the page is thrown away: so that a person can judge the reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.ingest.clean import is_furniture
from crawler.ingest.data import page_of
from crawler.ingest.decoding import parse, telling
from crawler.ingest.flow import Line
from crawler.ingest.meta import Meta, read_meta
from crawler.ingest.template import unpack
from crawler.ingest.walk import read_flow
from storage.engine import Database
from storage.errors import FixityError
from storage.reader import ArticleState
from storage.records import Template
from storage.text import fold, normalise
from storage.warc import read_payload
from storage.writer import layouts, queue

INSIDE, KNOWN, RECURS, OUTSIDE = "inside", "known", "recurs", "outside"
"""Why a line of a page is in no field: it stands between kept lines; its kind is known from other portals; it recurs on this
portal's pages; it stands elsewhere on the page."""

_SHORTEST = 3
"""Characters below which a line may be in a text by chance."""
_STEPS = 3
"""Steps of a place that are shown, counted from the line."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Another headline that was offered: by whom (`title meta heading list`), and whether it holds the one taken and more."""

    source: str
    text: str
    longer: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A line of the page that a field was read from, and the last steps of its place in the tree."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A line of the page that is in no field, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class View:
    """One page beside what was read from it. `title` is None when no line of the page is the headline.

    `place` is where most of the text stands; `learned_from` how many pages the portal's furniture was learned from.
    """

    title: Found | None
    claims: tuple[Claim, ...]
    place: str
    signed: tuple[Found, ...]
    lost: tuple[Lost, ...]
    learned_from: int


def view_of(db: Database, folder: Path, state: ArticleState) -> View | None:
    """The page that a state of an article was read from, beside it; None when its bytes are not there any more."""
    with db.read() as conn:
        [capture] = queue.captures(conn, [state.capture.entry])
        template = layouts.read_with(conn, state.portal, state.revision["reader"])
        mentions = queue.sightings(conn, state.portal, {capture.key}).get(capture.key, ())
    try:
        body = page_of(read_payload(folder, capture.record).body, capture.media_type, capture.charset)
    except (FixityError, FileNotFoundError):
        return None
    anchors = tuple(dict.fromkeys(mention.anchor for mention in mentions if mention.anchor))
    return view(body, state, url=capture.url, charset=capture.charset, anchors=anchors, template=template)


def view(
    body: bytes, state: ArticleState, *, url: str, charset: str, anchors: Sequence[str], template: Template | None
) -> View:
    """The page with these bytes beside what a state of its article says. Pure."""
    tree, layout, read = parse(body, charset), unpack(template), state.revision
    lines = read_flow(tree).lines
    title = next((line for line in lines if line.text == read["title"]), None)
    names = [name for name in (*read["authors"], *read["credits"]) if len(name) >= _SHORTEST]
    signed = [line for line in lines if len(line.text) < 200 and any(name in line.text for name in names)]
    text = "\n".join((*read["paragraphs"], *read["captions"], read["rights_notice"]))
    body_lines = [line for line in lines if len(line.text) >= _SHORTEST and line.text in text]
    dates = {read["published_evidence"], *(candidate["evidence"] for candidate in read["candidates"])} - {""}
    used = {line.number for line in (*body_lines, *signed, *([title] if title else []))}
    used |= {line.number for line in lines if any(evidence in line.text for evidence in dates)}
    span = range(body_lines[0].number, body_lines[-1].number) if body_lines else range(0)
    places = Counter(_place(line) for line in body_lines)
    return View(
        title=Found(title.text, _place(title)) if title else None,
        claims=tuple(_claims(read["title"], read_meta(tree, telling(tree, body), url), lines, anchors)),
        place=max(places, key=lambda place: places[place], default=""),
        signed=tuple(Found(line.text, _place(line)) for line in signed if line.text not in read["paragraphs"]),
        lost=tuple(
            Lost(line.text, _why(line, layout.furniture, span))
            for line in lines
            if line.number not in used and line.text not in text.split("\n")
        ),
        learned_from=layout.pages,
    )


def _claims(title: str, meta: Meta, lines: Sequence[Line], anchors: Sequence[str]) -> Iterator[Claim]:
    """Headlines that were not taken, each once."""
    offered = [("title", meta.doc_title), *(("meta", text) for text in meta.titles)]
    offered += [("heading", line.text) for line in lines if line.heading in (1, 2) and line.linked < 0.5]
    offered += [("list", normalise(anchor)) for anchor in anchors]
    wanted, seen = fold(title), {fold(title), ""}
    for source, text in offered:
        key = fold(text)
        if key not in seen:
            seen.add(key)
            yield Claim(source, text, wanted in key)


def _why(line: Line, furniture: frozenset[str], span: range) -> str:
    if line.number in span:
        return INSIDE
    if line.recurrence in furniture:
        return RECURS
    return KNOWN if is_furniture(line.text) else OUTSIDE


def _place(line: Line) -> str:
    return " > ".join(line.place.split(">")[-_STEPS:])
