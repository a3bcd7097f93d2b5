"""The sample articles as data: what stands in `data/<site>.json`, and the perfect reading that follows from it.

Wards, people and figures are invented. An article is a list of blocks; a site prints them in the manner of its
platform, `gold` says what a reader must find. Both come from the same blocks, so they cannot disagree.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from phuongchi.demo.site import Gold


def fold(text: str) -> str:
    """NFC with every run of white space (no-break space too) as one space: the form in which gold is compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@cache
def slug(title: str, *, d: str = "d") -> str:
    """The address form of a title. `d` is what stands for đ: Liferay drops the letter (`d=""`), NukeViet writes d."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", d))
    kept = "".join(
        char if char.isascii() and char.isalnum() else "-" for char in plain if not unicodedata.combining(char)
    )
    return "-".join(part for part in kept.split("-") if part)[:90].rstrip("-")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a body. `kind`: `p h ul table img by file`.

    `lines` holds the text of a `p` or `h`, the items of a `ul`, the caption of an `img` (none, one or two lines), a byline
    line (two when the name is wrapped), the file name and the printed label of a `file`. `rows` belongs to a `table`,
    `alt` to an `img`.
    """

    kind: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    alt: str = ""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Block:
        """A block from its JSON form, an object whose first key is the kind."""
        kind = next(iter(raw))
        value = raw[kind]
        if kind == "table":
            return cls(kind, rows=tuple(tuple(row) for row in value))
        lines = (value,) if isinstance(value, str) else tuple(value or ())
        return cls(kind, lines, alt=raw.get("alt", ""))

    def paragraphs(self) -> tuple[str, ...]:
        """What this block adds to the text of the article."""
        if self.kind == "table":
            return tuple(" | ".join(fold(cell.replace("\n", " ")) for cell in row) for row in self.rows)
        return tuple(fold(line) for line in self.lines) if self.kind in {"p", "h", "ul"} else ()


@dataclass(frozen=True, slots=True)
class Article:
    """One sample article. `posted` is a local time to the minute, or a day; `event` the day the first sentence names.

    `head`, `counters` and `label` replace what the platform would print (real seeds keep their own lines). `night` is the
    first night it is on the site; `edits` are the blocks, by position, that are different from night two on.
    """

    id: int
    section: str
    title: str
    blocks: tuple[Block, ...]
    posted: str | None = None
    event: str | None = None
    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    night: int = 1
    lead_twice: bool = False
    head: str | None = None
    label: str | None = None
    counters: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    edits: Mapping[int, Block] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Article:
        """An article from its JSON form."""
        values = dict(raw)
        values["blocks"] = tuple(Block.of(block) for block in raw["blocks"])
        values["edits"] = {int(index): Block.of(block) for index, block in raw.get("edits", {}).items()}
        for name in ("authors", "credits"):
            values[name] = tuple(raw.get(name, ()))
        return cls(**values)

    def at(self, night: int) -> Article:
        """The state of this night."""
        if night < 2 or not self.edits:
            return self
        return replace(self, blocks=tuple(self.edits.get(i, block) for i, block in enumerate(self.blocks)), edits={})

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the attached files."""
        return tuple(block.lines[0] for block in self.blocks if block.kind == "file")

    @property
    def day(self) -> str:
        """`dd/mm/yyyy` as a list prints it, empty when the page would not."""
        return "/".join(reversed(self.posted[:10].split("-"))) if self.posted else ""

    @property
    def time(self) -> str:
        """`HH:MM`, empty when only the day is known."""
        return self.posted[11:16] if self.posted else ""


@dataclass(frozen=True, slots=True)
class Ward:
    """What one site is about: names, sections in menu order, static texts, furniture that may not leak, articles."""

    name: str
    district: str
    province: str
    address: str
    sections: Mapping[str, str]
    about: tuple[str, ...]
    staff: tuple[tuple[str, ...], ...]
    furniture: tuple[str, ...]
    articles: tuple[Article, ...]


def data(name: str) -> str:
    """The text of a file in `data/`."""
    return (files("phuongchi.demo") / "data" / name).read_text(encoding="utf-8")


def load_ward(name: str) -> Ward:
    """The ward of `data/<name>.json`."""
    raw: dict[str, Any] = json.loads(data(f"{name}.json"))
    return Ward(
        raw["name"], raw["district"], raw["province"], raw["address"], raw["sections"], tuple(raw["about"]),
        tuple(tuple(row) for row in raw["staff"]), tuple(raw["furniture"]), tuple(map(Article.of, raw["articles"])),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dating:
    """How a platform prints the time of an article: the `source` and the finest precision its pages allow."""

    source: str
    minutes: bool = True

    def read(self, article: Article) -> tuple[str | None, str | None, str | None, str | None]:
        """(published_at, precision, source, basis). 00:00 is a migrated entry whose time nobody knows."""
        if article.posted is None:
            known = article.event is not None
            return (article.event, "day", "event", "inferred") if known else (None, None, None, None)
        if self.minutes and article.time and article.time != "00:00":
            return f"{article.posted[:16]}:00+07:00", "minute", self.source, "printed"
        return article.posted[:10], "day", self.source, "printed"


def gold(
    article: Article,
    path: str,
    dating: Dating,
    *,
    category: str | None,
    attachments: Sequence[str],
    furniture: Sequence[str],
) -> Gold:
    """The perfect reading of an article in the state given, at its canonical address on the site."""
    value, precision, source, basis = dating.read(article)
    bylines = [fold(" ".join(block.lines)) for block in article.blocks if block.kind == "by"]
    labels = [fold(line) for block in article.blocks if block.kind == "file" for line in block.lines]
    title, captions = (
        fold(article.title),
        [fold(" ".join(block.lines)) for block in article.blocks if block.kind == "img"],
    )
    paragraphs = tuple(text for block in article.blocks for text in block.paragraphs())
    # An office may sign an article that also speaks of it: such a string proves nothing.
    own = "\n".join((title, *paragraphs, *captions))
    strings = dict.fromkeys([*furniture, *article.boilerplate, *bylines, *labels])
    return Gold(
        path=path,
        title=title,
        paragraphs=paragraphs,
        published_at=value,
        published_precision=precision,
        published_source=source,
        published_basis=basis,
        event_date=article.event,
        category=category,
        authors=article.authors,
        credits=article.credits,
        captions=tuple(filter(None, captions)),
        attachments=tuple(attachments),
        boilerplate=tuple(string for string in strings if string and string not in own),
        night=2 if article.night == 2 else 1,
    )
