"""What is wanted of an export, and the articles that this means, slice by slice.

The articles are chosen at one instant, in one short transaction, together with the place in the change feed that belongs to
it: the export's cursor. Then they are read slice by slice, each as it stands when its slice is read. So whatever is stored
meanwhile, each is there once, in one state, that of the cursor or a later one; and whoever follows the feed from the
cursor misses nothing that happened since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from access import changes
from access.masking import without_personal_data
from access.shape import Article, shaped, tombstone
from storage import reader
from storage.engine import Database
from storage.reader import Choice, Filters
from storage.text import instant_text

SLICE = 100
"""Articles that are read in one transaction: well under 200 ms, on a busy machine too."""

EVERYTHING = Filters(hidden=True)
"""All articles: removed ones with `removed_at`, withheld and redacted ones as tombstones without text."""

UNMATCHED = "không còn khớp với bộ lọc | does not match the filters"
ASKED_NOT_TO = "trang yêu cầu không hiển thị bản lưu | its page asks not to be shown from an archive (noarchive)"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: the articles (`filters`), only what happened behind a cursor (`after`), only some `fields`; without
    `personal` data; with `restricted` ones, whose pages ask not to be shown from an archive."""

    filters: Filters = EVERYTHING
    after: str = ""
    personal: bool = True
    restricted: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The articles of an order, and the cursor behind which the feed tells what happened since."""

    choice: Choice
    cursor: str


def articles(
    db: Database, filters: Filters = EVERYTHING, *, size: int = SLICE, personal: bool = True
) -> Iterator[Article]:
    """The articles that are asked for as objects of the export, newest first; without `personal` data if asked so.

    Raises UsageError for dates that are none.
    """
    order = Order(filters, personal=personal, restricted=True)
    for some in read(db, order, choose(db, order), size=size):
        yield from some


def choose(db: Database, order: Order) -> Chosen:
    """Choose the articles of an order. Raises UsageError for dates that are none and cursors of other archives, OldCursor."""
    if order.after:
        found = reader.choose_changed(db, changes.place(reader.about(db), order.after))
    else:
        found = reader.choose(db, order.filters, restricted=order.restricted)
    return Chosen(found, changes.cursor(found.about, found.seq))


def read(
    db: Database,
    order: Order,
    chosen: Chosen,
    *,
    size: int = SLICE,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[list[Article]]:
    """The chosen articles, some at a time; `progress` is told how many were read.

    Behind a cursor, what is hidden or matches the filters no more is a tombstone: whoever has it drops it.
    """
    done = 0
    for ids in chosen.choice.slices(size):
        found = [shaped(state) for state in reader.states(db, ids)]
        if order.after:
            found = _with_tombstones(db, order, found)
        elif not order.restricted:
            found = [_unrestricted(db, article) for article in found]
        yield found if order.personal else [without_personal_data(article) for article in found]
        done += len(ids)
        progress(done)


def _with_tombstones(db: Database, order: Order, found: list[Article]) -> list[Article]:
    """Changed articles, those as tombstones that an export without a cursor would not have."""
    ids = [article["id"] for article in found]
    wanted = reader.matching(db, ids, order.filters, restricted=order.restricted)
    left = [name for name in ids if name not in wanted]
    at = reader.last_changes(db, left) if left else {}
    return [
        article if article["id"] in wanted else
        _unrestricted(db, article) if article["visibility"] == "restricted" else
        tombstone(article, "unmatched", UNMATCHED, instant_text(at[article["id"]]))
        for article in found
    ]  # fmt: skip


def _unrestricted(db: Database, article: Article) -> Article:
    """The article; its tombstone when its page has asked not to be shown from an archive since it was chosen."""
    if article["visibility"] != "restricted":
        return article
    at = reader.last_changes(db, [article["id"]])
    return tombstone(article, "restricted", ASKED_NOT_TO, instant_text(at[article["id"]]))
