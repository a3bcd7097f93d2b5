"""Rules made of what somebody asked for: a string, or an article with all that it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from storage.engine import Database
from storage.errors import UsageError
from storage.records import Reading
from storage.redaction import articles, veil
from storage.redaction import words as cutting
from storage.redaction.veil import LEAST, Passage, Rule, Veil
from storage.text import instant_text

BEGINNING = 24
"""Letters from which on the beginning of a headline or lead may tell the article: lists break them off anywhere."""

PARAGRAPH = 30
"""Letters of a paragraph that says something of its own; shorter ones stand in many articles."""


def of_string(key: bytes, text: str, *, reason: str, who: str, at: datetime) -> Rule:
    """The rule that a string may not be read anywhere. Raises UsageError for one that would hide half of the archive."""
    letters = len(cutting.plain(text).letters)
    if letters < LEAST:
        raise UsageError(
            f"a string of {letters} letters and digits stands in too many texts",
            cure=f"Give at least {LEAST} of them, or redact the articles",
        )
    made = veil.passages(key, [text])
    return Rule(_id("string", made), instant_text(at), reason, who, made)


def of_article(db: Database, key: bytes, article: str, *, reason: str, who: str, at: datetime) -> Rule:
    """The rule that an article may not be read, nor what it says where its portal repeats it: on lists, in feeds.

    What other articles of the portal say as well is left to them.
    """
    with db.read() as conn:
        known = articles.facts(conn, article)
        states = [reading for _, reading in articles.readings(conn, [article])[article]]
    heads = (text for reading in states for text in (reading.title, reading.lead))
    bodies = (text for reading in states for text in _said(reading) if len(cutting.plain(text).letters) >= PARAGRAPH)
    made = dict.fromkeys((*veil.passages(key, heads, beginnings=BEGINNING), *veil.passages(key, bodies)))
    own = _of_no_other(db, key, tuple(made), article, known["portal"])
    return Rule(_id(known["id"], ()), instant_text(at), reason, who, own, known["portal"], known)


def _said(reading: Reading) -> Iterable[str]:
    return (*reading.paragraphs, *reading.captions)


def _of_no_other(
    db: Database, key: bytes, found: tuple[Passage, ...], article: str, portal: str
) -> tuple[Passage, ...]:  # fmt: skip
    trial = veil.made(key, (Rule("trial", "", "", "", found),))
    shared: set[Passage] = set()
    for other, _, states in articles.states(db, portal):
        if other != article:
            for _, reading in states:
                for text in (reading.title, *_said(reading)):
                    shared |= trial.met(text)
    return tuple(passage for passage in found if passage not in shared)


def _id(what: str, made: Iterable[Passage]) -> str:
    """The same rule made twice has one id."""
    text = "\n".join((what, *(passage.mac for passage in made)))
    return "r" + hashlib.sha256(text.encode()).hexdigest()[:12]


def with_rules(folder: Path, key: bytes, rules: Sequence[Rule]) -> Veil:
    """The archive's rules and some more, that may be a trial."""
    known = veil.load(folder).rules
    new = {rule.id for rule in rules}
    return veil.made(key, (*(one for one in known if one.id not in new), *rules))
