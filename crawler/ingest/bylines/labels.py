"""Labelled bylines: `Tin bài: …`, `Ảnh: …`, `Nguồn: …`, several on one line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from crawler.ingest.bylines.names import LONGEST, clean_value, is_person, names_in
from crawler.ingest.bylines.words import ADMIN, BARE_LABEL, CAPTION, LABEL, LABEL_ALONE, OFFICE, SITE, SOURCE_ADDRESS

Part = Literal["author", "credit", "source"]

_LONGEST_LABELLED = 120


@dataclass(frozen=True, slots=True)
class Byline:
    """Who a byline names; an office stands among the authors."""

    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def read_byline(text: str, *, sure: bool = False) -> Byline | None:
    """A labelled byline (`Tin bài: Lê Hương - Ảnh: Cao Nam`, `T/h: …`, `(Theo TTXVN)`); None if the line is something else.

    An empty label (`Người viết tin:`) is a byline that names nobody. `sure` says that the line is known to be a byline, as the
    part that `split_head` cut off: then bare names do.
    """
    text = text.strip()
    byline = _read(text) if len(text) <= _LONGEST_LABELLED else None
    if byline is None and sure:
        labelled = BARE_LABEL.match(text)  # what it names was no name: an account
        names = () if labelled or _is_account(text) else names_in(text, right=True)
        return Byline(authors=names) if names else None
    return byline


def _is_account(text: str) -> bool:
    """`admin`, `Quantri`: who may write on the portal, not who wrote. Initials and names have capitals, dots or spaces."""
    return ADMIN.match(text) is not None or (" " not in text and "." not in text and not text.isupper())


@lru_cache(maxsize=4096)
def _read(text: str) -> Byline | None:
    if CAPTION.match(text):
        return None
    if (address := SOURCE_ADDRESS.match(text)) is not None:
        return Byline(sources=(address[1],))
    if LABEL_ALONE.match(text):
        return Byline() if text.endswith((":", "：")) else None
    labels = list(LABEL.finditer(text)) if ":" in text or "：" in text else []
    if labels and text[: labels[0].start()].strip(" (-–["):
        names = names_in(text[: labels[0].start()], right=False)  # `Lê Hương - Ảnh: Cao Nam`
        rest = _labelled(text, labels)
        return Byline(names + rest.authors, rest.credits, rest.sources) if names and rest is not None else None
    if not labels:
        bare = BARE_LABEL.match(text)
        labels = [bare] if bare and len(text) <= LONGEST and _bare_value(text, bare) else []
    return _labelled(text, labels) if labels else None


def _bare_value(text: str, label: re.Match[str]) -> bool:
    """A label without colon counts only before names: `Tin bài Lê Hương`, not `Tin ảnh hoạt động hè`; `Theo` before sites."""
    value = text[label.end() :]
    return bool(names_in(value, right=False)) or (bool(label["source"]) and SITE.match(value) is not None)


def _labelled(text: str, labels: list[re.Match[str]]) -> Byline | None:
    found: dict[Part, list[str]] = {"author": [], "credit": [], "source": []}
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        value = clean_value(text[label.end() : end])
        groups = label.groupdict()
        part: Part = "credit" if groups["credit"] else "source" if groups["source"] else "author"
        names = _source(value, label[0]) if part == "source" else names_in(value, right=True)
        if not names and part == "credit" and "nguồn" in label[0].lower() and value.count(" ") <= 3:
            names = (value,)  # `Nguồn ảnh: Internet`
        if not names and value and not ADMIN.match(value):
            if not groups["strong"] or len(value) > LONGEST or value.count(" ") > 8:
                return None  # `Ảnh: Toàn cảnh kỳ họp` is a caption, `Thực hiện: Kế hoạch số 5 …` a sentence
            names = (value,)
        if part == "source" and names and "tin" in label[0].lower() and is_person(names[0]):
            part = "author"  # `Nguồn tin: Nguyễn Thịnh`
        found[part] += [name for name in names if not ADMIN.match(name)]
    return Byline(tuple(found["author"]), tuple(found["credit"]), tuple(found["source"]))


def _source(value: str, label: str) -> tuple[str, ...]:
    """A source as printed: an address, an agency, an office or a name; nothing where it reads like a sentence."""
    if (
        not value
        or len(value) > LONGEST
        or value.count(" ") > 8
        or (label.lower().startswith("theo") and not value[0].isupper() and (" " in value or "." not in value))
    ):
        return ()
    sentence = sum(word[0].islower() for word in value.split()) > 2
    return () if sentence and "." not in value and not OFFICE.match(value) else (value,)
