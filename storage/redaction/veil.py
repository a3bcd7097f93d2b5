"""The rules of an archive, and how text is found and masked by them without anybody knowing what it says.

A rule holds keyed digests (HMAC-SHA-256, the key in `redaction.key`) of the letters of a run of words, and how many there
are. Whoever reads compares the digests of runs of as many letters.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from storage.faults import full_disk
from storage.redaction import words as cutting
from storage.redaction.words import Words
from storage.text import instant_text
from storage.upkeep import ledger
from storage.upkeep.ledger import LEDGER, Line
from storage.warc.files import sync_folder

KEY = "redaction.key"
"""The file with the archive's key, for its owner alone."""

MARK = "[đã che]"
"""What stands where something was taken out."""

LEAST = 6
"""Letters and digits below which a string is in too many texts to be told by them."""

_HEAD = 12
"""Letters from which on a run is looked for by its beginning: few lengths are tried at each word, however many the rules."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that nobody may read: how many letters and digits it has, and their keyed digest; and the same of its
    beginning, which may be all of it."""

    letters: int
    mac: str
    head: int
    head_mac: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A redaction: of a string in the whole archive, or of an article with its passages in its portal.

    `article` holds what stays of an article (`storage.redaction.rows`), empty for a string.
    """

    id: str
    at: str
    reason: str
    who: str
    passages: tuple[Passage, ...]
    portal: str = ""
    article: Mapping[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the pages that showed the article, and of the files that it alone offered."""
        return frozenset(
            (*(address["key"] for address in self.article.get("addresses", ())), *self.article.get("files", ()))
        )


@dataclass(frozen=True, slots=True, eq=False)
class Veil:
    """What is masked on one portal's pages (`portal`), or everywhere. Empty for most archives, and then it does nothing."""

    key: bytes = b""
    rules: tuple[Rule, ...] = ()
    heads: Mapping[int, Mapping[str, tuple[Passage, ...]]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.rules)

    def of(self, portal: str) -> Veil:
        """What is masked on one portal's pages; `gone` are the keys of pages and files of articles that are redacted."""
        return _of_portal(self, portal)

    def runs(self, words: Words) -> list[tuple[int, int]]:
        """First and last word of each run that may not be read, one behind the other."""
        ends = words.ends if self.heads else {}
        lengths = tuple(self.heads) if ends else ()
        found: list[tuple[int, int]] = []
        behind = 0
        for first, begin in enumerate(words.begins):
            if begin >= behind and any(begin + length in ends for length in lengths):
                letters = max((hit.letters for hit in self._at(words, begin, ends)), default=0)
                if letters:
                    behind = begin + letters
                    found.append((first, ends[behind]))
        return found

    def text(self, text: str) -> str:
        """`text` with a mark for each run that may not be read."""
        if not self.heads or not text:
            return text
        words = cutting.plain(text)
        spans = [(words.places[first][0], words.places[last][1]) for first, last in self.runs(words)]
        for start, end in reversed(spans):
            text = text[:start] + MARK + text[cutting.with_marks(text, end) :]
        return text

    def hides(self, text: str) -> bool:
        """Whether something in a text may not be read."""
        return bool(self.heads) and bool(self.runs(cutting.plain(text)))

    def met(self, text: str) -> set[Passage]:
        """The passages that stand in a text."""
        words = cutting.plain(text)
        ends = words.ends
        return {passage for begin in words.begins for passage in self._at(words, begin, ends)}

    def _at(self, words: Words, begin: int, ends: Mapping[int, int]) -> Iterator[Passage]:
        for length, passages in self.heads.items():
            if begin + length not in ends:
                continue
            for passage in passages.get(mac(self.key, words.letters[begin : begin + length]), ()):
                end = begin + passage.letters
                if passage.letters == length or (
                    end in ends and mac(self.key, words.letters[begin:end]) == passage.mac
                ):
                    yield passage


NOTHING = Veil()


def load(folder: Path) -> Veil:
    """The rules of an archive. Raises UsageError when its key is missing: then nothing may be read that might be veiled."""
    path = folder / LEDGER
    try:
        stamp = path.stat()
    except FileNotFoundError:
        return NOTHING
    return _loaded(folder, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=64)
def _loaded(folder: Path, changed: int, size: int) -> Veil:
    found = rules_of(ledger.read(folder))
    return made(read_key(folder), found) if found else NOTHING


@lru_cache(maxsize=1000)
def _of_portal(veil: Veil, portal: str) -> Veil:
    return made(veil.key, tuple(rule for rule in veil.rules if rule.portal in ("", portal)))


def made(key: bytes, rules: tuple[Rule, ...]) -> Veil:
    if not rules:
        return NOTHING
    heads: dict[int, dict[str, tuple[Passage, ...]]] = {}
    for rule in rules:
        for passage in rule.passages:
            same = heads.setdefault(passage.head, {})
            same[passage.head_mac] = (*same.get(passage.head_mac, ()), passage)
    return Veil(key, rules, heads, frozenset[str]().union(*(rule.keys for rule in rules)))


def rules_of(lines: Iterable[Line]) -> tuple[Rule, ...]:
    """The redactions among a ledger's lines, each once."""
    found: dict[str, Rule] = {}
    for line in lines:
        if line.what == "redact":
            facts = line.facts
            found[facts["rule"]] = Rule(
                facts["rule"], instant_text(line.at), facts["reason"], facts["who"],
                tuple(Passage(**passage) for passage in facts["passages"]), facts.get("portal", ""), facts.get("article", {}),
            )  # fmt: skip
    return tuple(found.values())


def pending(lines: Iterable[Line]) -> list[str]:
    """The ids of redactions that nobody has carried out to their end."""
    found: dict[str, None] = {}
    for line in lines:
        if line.what == "redact":
            found[str(line.facts["rule"])] = None
        elif line.what == "redacted":
            for rule in line.facts["rules"]:
                found.pop(rule, None)
    return list(found)


def passages(key: bytes, texts: Iterable[str], *, beginnings: int = 0) -> tuple[Passage, ...]:
    """These texts as rules know them, those of fewer than `LEAST` letters left out.

    With `beginnings` also every beginning of them of so many letters or more: lists break headlines off anywhere.
    """
    found: dict[Passage, None] = {}
    for text in texts:
        words = cutting.plain(text)
        ends = sorted(words.ends)
        cuts = {end for end in ends if beginnings and end >= beginnings} | {len(words.letters)}
        head = next((end for end in ends if end >= _HEAD), len(words.letters))
        head_mac = mac(key, words.letters[:head])
        for cut in sorted(cuts):
            if cut >= LEAST:
                found[Passage(cut, mac(key, words.letters[:cut]), head, head_mac)] = None
    return tuple(found)


@lru_cache(maxsize=200_000)
def mac(key: bytes, letters: str) -> str:
    """The keyed digest of a run of letters: hex, 128 bits of HMAC-SHA-256."""
    return hmac.digest(key, letters.encode(), hashlib.sha256).hex()[:32]


def read_key(folder: Path) -> bytes:
    """The archive's key. Raises UsageError when it is missing or unreadable."""
    try:
        key = bytes.fromhex((folder / KEY).read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder / KEY} is missing or unreadable, and the ledger has redactions",
            cure="Bring it back from a backup: without it what is redacted cannot be told from other text",
        ) from error
    return key


def make_key(folder: Path) -> bytes:
    """The archive's key, made if there was none. Raises StorageFull."""
    path = folder / KEY
    if not path.exists():
        draft = path.with_name(f".{KEY}.new")
        try:
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            sync_folder(folder)
        except OSError as error:
            raise full_disk(error, str(path)) or error from error
    return read_key(folder)


def as_line(rule: Rule) -> dict[str, Any]:
    """A rule as its ledger line holds it."""
    found: Sequence[Passage] = rule.passages
    return {
        "rule": rule.id, "reason": rule.reason, "who": rule.who, "portal": rule.portal, "article": dict(rule.article),
        "passages": [
            {"letters": one.letters, "mac": one.mac, "head": one.head, "head_mac": one.head_mac} for one in found
        ],
    }  # fmt: skip
