"""An export made: articles into a file, folder or stream, what lies beside it, and what it held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from access.exports import manifest, order
from access.exports.columns import chosen
from access.exports.lines import Lines
from access.exports.manifest import Maker
from access.exports.order import Chosen, Order
from access.exports.packing import packed, packing_of
from access.exports.parquet import Parquet
from access.exports.places import drafting, drafting_folder, stands_for_more, through
from access.exports.sheet import Sheet
from access.exports.tally import Tally
from access.exports.texts import SUMS, Texts
from access.shape import Article
from storage.engine import Database
from storage.errors import UsageError

FORMATS = ("jsonl", "csv", "parquet", "txt")
"""What `make` can write; `txt` is a folder."""

Progress = Callable[[int, int], None]
"""Is told how many articles were read, of how many."""


class Sink(Protocol):
    """Where articles go."""

    def put(self, articles: list[Article], /) -> None:
        """Write some."""

    def close(self) -> None:
        """Write what is left."""


@dataclass(frozen=True, slots=True)
class Made:
    """What an export held, and the cursor from which a follower goes on."""

    articles: int
    tombstones: int
    cursor: str


def make(
    db: Database, wanted: Order, kind: str, out: Path, maker: Maker, *, bom: bool = False,
    progress: Progress = lambda done, all_: None,
) -> Made:  # fmt: skip
    """Export to a file (`txt`: to a folder) that is there whole or not at all, with manifest and data sheet beside it.

    A name ending in `.gz` or `.zst` is packed. A pipe or device is written as it is. Raises UsageError for what cannot be
    done, StorageFull when it cannot be written.
    """
    if kind != "txt" and stands_for_more(out):
        with through(out) as stream:
            return make_stream(db, wanted, kind, stream, maker, bom=bom, progress=progress)
    _check(wanted, kind, out.name)
    chosen_ones, tally = order.choose(db, wanted), Tally()
    with manifest.beside(out) as drafts:
        if kind == "txt":
            with drafting_folder(out) as folder:
                texts = Texts(folder)
                _pour(db, wanted, chosen_ones, texts, tally, progress)
                more = {**manifest.digest(folder / SUMS), "bytes": texts.bytes, "sums": SUMS}
                drafts.write(_facts(out, kind, wanted, chosen_ones, maker, tally, more), maker)
        else:
            with drafting(out) as draft:
                with draft.open("wb") as file, packed(file, packing_of(out.name)) as stream:
                    _pour(
                        db, wanted, chosen_ones, _sink(kind, stream, wanted, chosen_ones, maker, bom), tally, progress
                    )
                more = {**manifest.digest(draft), **_form(kind, out.name, bom)}
                drafts.write(_facts(out, kind, wanted, chosen_ones, maker, tally, more), maker)
    return Made(tally.articles, tally.tombstones, chosen_ones.cursor)


def make_stream(
    db: Database, wanted: Order, kind: str, out: IO[bytes], maker: Maker, *, bom: bool = False,
    progress: Progress = lambda done, all_: None,
) -> Made:  # fmt: skip
    """Export to a stream, which has no place for a manifest. Raises UsageError for what cannot be done."""
    if kind == "txt":
        raise UsageError("texts go to a folder", cure="Name one: -o FOLDER")
    chosen_ones, tally = order.choose(db, wanted), Tally()
    _pour(db, wanted, chosen_ones, _sink(kind, out, wanted, chosen_ones, maker, bom), tally, progress)
    out.flush()
    return Made(tally.articles, tally.tombstones, chosen_ones.cursor)


def _check(wanted: Order, kind: str, name: str) -> None:
    """Raise UsageError before anything is touched."""
    chosen(wanted.fields)
    if kind in ("parquet", "txt") and packing_of(name):
        raise UsageError(f"{kind} is not packed by its name", cure="Leave .gz or .zst away: Parquet packs itself")


def _pour(db: Database, wanted: Order, found: Chosen, sink: Sink, tally: Tally, progress: Progress) -> None:
    total = len(found.choice)
    for some in order.read(db, wanted, found, progress=lambda done: progress(done, total)):
        sink.put(some)
        tally.put(some)
    sink.close()


def _sink(kind: str, out: IO[bytes], wanted: Order, found: Chosen, maker: Maker, bom: bool) -> Sink:
    if kind == "csv":
        return Sheet(out, wanted.fields, bom=bom)
    if kind == "parquet":
        about = {"cursor": found.cursor, "version": maker.version, "archive": found.choice.about.id}
        return Parquet(out, wanted.fields, about=about)
    return Lines(out, wanted.fields)


def _form(kind: str, name: str, bom: bool) -> dict[str, Any]:
    form: dict[str, Any] = {"packing": packing_of(name) or None}
    if kind == "csv":
        form["csv"] = {"byte_order_mark": bom, "formulas": "apostrophe-before"}
    return form


def _facts(
    out: Path, kind: str, wanted: Order, found: Chosen, maker: Maker, tally: Tally, more: dict[str, Any]
) -> dict[str, Any]:
    about = found.choice.about
    return manifest.facts_of(out.name, kind, wanted, about, found.cursor, maker, tally.as_json(), **more)
