"""What a sample article is before a site dresses it: a story of blocks, and the gold that follows from it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Literal, TypeVar

from phuongchi.demo.site import Gold

T = TypeVar("T")
Kind = Literal["news", "notice", "document", "table", "gallery"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article's body: a paragraph, heading, list, table or picture with its caption."""

    kind: Literal["p", "h", "ul", "table", "fig"]
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The lines of text that the export holds for this block; a caption is none."""
        if self.kind == "ul":
            return tuple(row[0] for row in self.rows)
        if self.kind == "table":
            return tuple(" | ".join(row) for row in self.rows)
        return (self.text,) if self.kind in ("p", "h") else ()


@dataclass(frozen=True, slots=True)
class File:
    """A file offered by an article: its path below the site's folder for files, and what the link says."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Story:
    """One sample article as its author wrote it; `number` counts from 0, newest first."""

    number: int
    kind: Kind
    section: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    when: datetime
    event: str | None = None
    author: str | None = None
    photographer: str | None = None
    files: tuple[File, ...] = ()

    @property
    def slug(self) -> str:
        """The title as an address: ASCII, lower case, hyphens."""
        return slugify(self.title)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The lead once, then every text line of the body, in order."""
        body = tuple(line for block in self.blocks for line in block.paragraphs)
        return (self.lead, *body) if self.lead else body

    @property
    def captions(self) -> tuple[str, ...]:
        """What stands under the pictures, in order."""
        return tuple(block.text for block in self.blocks if block.kind == "fig" and block.text)

    @property
    def excerpt(self) -> str:
        """What a list shows below the title."""
        text = self.lead or next(iter(self.paragraphs), "")
        return text if len(text) < 160 else text[:157].rsplit(" ", 1)[0] + "…"

    def signature(self, form: str) -> str:
        """The byline in one of the ways portals print it; empty where the story is unsigned."""
        return form.format(author=self.author, photo=self.photographer or self.author) if self.author else ""

    def gold(self, path: str, **fields: object) -> Gold:
        """The perfect reading: printed day unless `fields` say otherwise."""
        known: dict[str, object] = {
            "path": path,
            "title": self.title,
            "paragraphs": self.paragraphs,
            "published_at": f"{self.when:%Y-%m-%d}",
            "event_date": self.event,
            "authors": (self.author,) if self.author else (),
            "captions": self.captions,
        }
        return Gold(**(known | fields))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Markup:
    """How one system writes blocks. Patterns take one `{}`; `figure` takes the story, the picture's number and caption."""

    p: str
    h: str
    ul: str
    li: str
    table: str
    tr: str
    td: str
    figure: Callable[[Story, int, str], str]
    between: str = "\n"

    def body(self, story: Story, *, lead: bool = False) -> str:
        """The blocks of a story as HTML, its lead as first paragraph if `lead`."""
        blocks = (Block("p", story.lead), *story.blocks) if lead and story.lead else story.blocks
        done: list[str] = []
        pictures = 0
        for block in blocks:
            if block.kind == "fig":
                pictures += 1
                done.append(self.figure(story, pictures, esc(block.text)))
            elif block.kind == "ul":
                done.append(self.ul.format("".join(self.li.format(esc(row[0])) for row in block.rows)))
            elif block.kind == "table":
                rows = (self.tr.format("".join(self.td.format(esc(cell)) for cell in row)) for row in block.rows)
                done.append(self.table.format("".join(rows)))
            else:
                done.append((self.h if block.kind == "h" else self.p).format(esc(block.text)))
        return self.between.join(done)


def esc(text: str) -> str:
    """Text as it stands in HTML."""
    return html.escape(text, quote=True)


def plain(text: str) -> str:
    """Vietnamese without marks: what slugs and file names are made of."""
    stripped = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in stripped if not unicodedata.combining(char))


@cache
def slugify(text: str) -> str:
    """A title as an address."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-")


def iso(when: datetime) -> str:
    """The export's form of a printed minute."""
    return f"{when:%Y-%m-%dT%H:%M}:00+07:00"


def shifted(stories: Iterable[Story], **fields: object) -> list[Story]:
    """The stories with some fields replaced."""
    return [replace(story, **fields) for story in stories]  # type: ignore[arg-type]


def pages_of(rows: Sequence[T], size: int) -> list[Sequence[T]]:
    """The rows of each page of a list; one empty page where there are none."""
    return [rows[start : start + size] for start in range(0, len(rows), size)] or [rows]
