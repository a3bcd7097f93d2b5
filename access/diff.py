"""What differs between two states of an article, word by word. Pure: for the command line, the pages and the API alike.

Words are Vietnamese syllables, as the white space parts them, and marks of punctuation of their own. Paragraphs are compared
first, then the words of those that changed: a sentence that was added to a long document is that one sentence. Where more
changed than can be compared by words it is compared by lines first, and what is still too much is shown as replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz.distance import LCSseq

Kind = Literal["same", "gone", "new"]

_WORD = re.compile(r"\n\n|\w+(?:[./:-]\w+)*[^\S\n]*|[^\w\s][^\S\n]*|\s+")
_ALIKE = 0.3
"""Share of common words below which one paragraph is another one, and is shown as such."""
MOST = 10_000
"""Words, lines or paragraphs of a state that are compared at a time: memory is a bit for each pair of them, so 12 MB."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both states have, or one of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field in which two states differ, as pieces that make up the old text (without `new`) and the new one."""

    field: str
    pieces: tuple[Piece, ...]


def fields_of(article: Mapping[str, Any]) -> dict[str, str]:
    """What is compared of a state, from an object of the export (`access.shape`): its fields as text."""
    files = "\n\n".join(
        " ".join(filter(None, (file["name"], file["url"], f"sha256:{file['sha256']}" if file.get("sha256") else "")))
        for file in article["attachments"]
    )
    texts = "\n\n".join(file["text"] for file in article["attachments"] if file.get("text"))
    joined = {name: "\n\n".join(article[name]) for name in ("paragraphs", "captions", "authors", "credits")}
    return {
        "title": article["title"], "published_at": article["published_at"] or "", "text": joined["paragraphs"],
        "captions": joined["captions"], "authors": joined["authors"], "credits": joined["credits"],
        "attachments": files, "attachments.text": texts,
    }  # fmt: skip


def between(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[FieldDiff, ...]:
    """The fields that differ, in the order of `new`."""
    return tuple(
        FieldDiff(name, compare(old.get(name, ""), text)) for name, text in new.items() if text != old.get(name, "")
    )


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as one run of pieces. The `same` and `gone` ones together are `old`, the `same` and `new` ones are `new`."""
    before, after = _paragraphs(old), _paragraphs(new)
    pieces: list[Piece] = []
    for tag, a, b, c, d in _opcodes(before, after):
        if tag == "equal":
            pieces.append(Piece("same", "".join(after[c:d])))
        else:
            pieces += _changed("".join(before[a:b]), "".join(after[c:d]))
    return tuple(_joined(pieces))


def cut(pieces: Iterable[Piece], most: int) -> Iterator[Piece]:
    """The pieces up to `most` characters in all; ` …` stands for the rest."""
    for piece in pieces:
        if len(piece.text) > most:
            yield Piece(piece.kind, piece.text[:most] + " …")
            return
        most -= len(piece.text)
        yield piece


def as_json(old: int, new: int, fields: Sequence[FieldDiff], *, article: str) -> dict[str, Any]:
    """A comparison as an object for programs."""
    return {
        "schema": "phuongchi.diff/1",
        "id": article,
        "from": old,
        "to": new,
        "fields": [
            {"field": one.field, "pieces": [{"kind": piece.kind, "text": piece.text} for piece in one.pieces]}
            for one in fields
        ],
    }


def shortened(pieces: Sequence[Piece], *, words: int = 12) -> Iterator[Piece]:
    """The pieces with what both states have cut down to some words around each change; ` … ` stands for the rest."""
    for number, piece in enumerate(pieces):
        parts = _WORD.findall(piece.text) if piece.kind == "same" else []
        ahead, behind = words * (number > 0), words * (number < len(pieces) - 1)
        if len(parts) <= ahead + behind + 4:
            yield piece
        else:
            yield Piece("same", "".join((*parts[:ahead], "… ", *parts[len(parts) - behind :])))


def _paragraphs(text: str) -> list[str]:
    """The paragraphs, each with the break behind it."""
    return re.findall(r".+?(?:\n\n|\Z)|\n\n", text, re.DOTALL)


def _changed(old: str, new: str) -> list[Piece]:
    """What differs in paragraphs that do; by lines first where there is too much for words."""
    if max(len(_WORD.findall(old)), len(_WORD.findall(new))) <= MOST:
        return _words(old, new)
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, a, b, c, d in _opcodes(before, after):
        if tag == "equal":
            pieces.append(Piece("same", "".join(after[c:d])))
        else:
            pieces += _words("".join(before[a:b]), "".join(after[c:d]))
    return pieces


def _words(old: str, new: str) -> list[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    found = _opcodes([word.rstrip(" ") for word in before], [word.rstrip(" ") for word in after])
    common = sum(b - a for tag, a, b, _, _ in found if tag == "equal")
    if common < _ALIKE * min(len(before), len(after)):
        found = [("replace", 0, len(before), 0, len(after))]
    pieces: list[Piece] = []
    for tag, a, b, c, d in _without_islands(found):
        if tag == "equal":
            for gone, come in zip(before[a:b], after[c:d], strict=True):
                pieces += _replaced(gone, come, len(gone.rstrip(" ")))
        else:
            pieces += _replaced("".join(before[a:b]), "".join(after[c:d]))
    return pieces


def _replaced(gone: str, come: str, same: int = 0) -> Iterator[Piece]:
    """A text in the place of another; what both begin with (`same` characters) and white space at both ends is no change."""
    space = gone[len(gone.rstrip(" ")) :]
    shared = len(space) if not same and space == come[len(come.rstrip(" ")) :] else 0
    if gone == come:
        same, shared = len(come), 0
    pieces = (
        Piece("same", come[:same]), Piece("gone", gone[same : len(gone) - shared]),
        Piece("new", come[same : len(come) - shared]), Piece("same", space[len(space) - shared :]),
    )  # fmt: skip
    yield from (piece for piece in pieces if piece.text)


Opcode = tuple[str, int, int, int, int]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """What both have (`equal`) and what differs between (`replace`), in turn."""
    start = _alike(old, new)
    behind = _alike(old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1])
    if max(len(old), len(new)) - start - behind > MOST:
        a, b = len(old) - behind, len(new) - behind
        whole = ("equal", 0, start, 0, start), ("replace", start, a, start, b), ("equal", a, len(old), b, len(new))
        return [one for one in whole if _size(one)]
    found = [(one.tag, one.src_start, one.src_end, one.dest_start, one.dest_end) for one in LCSseq.opcodes(old, new)]
    return _in_turn(("equal" if tag == "equal" else "replace", *place) for tag, *place in found)


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many both have at the beginning."""
    differs = (number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    return next(differs, min(len(old), len(new)))


def _without_islands(found: Sequence[Opcode]) -> list[Opcode]:
    """The changes, those put together that only a word or two part: `và`, a comma."""

    def is_island(number: int) -> bool:
        tag, a, b, _, _ = found[number]
        inside = 0 < number < len(found) - 1
        return tag == "equal" and inside and b - a <= 2 and max(_size(found[number - 1]), _size(found[number + 1])) > 2

    return _in_turn(("replace", *one[1:]) if is_island(number) else one for number, one in enumerate(found))


def _in_turn(found: Iterable[Any]) -> list[Opcode]:
    merged: list[Opcode] = []
    for tag, a, b, c, d in found:
        if merged and merged[-1][0] == tag:
            merged[-1] = (tag, merged[-1][1], b, merged[-1][3], d)
        else:
            merged.append((tag, a, b, c, d))
    return merged


def _size(one: Opcode) -> int:
    return max(one[2] - one[1], one[4] - one[3])


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
