"""The rules applied to everything that an archive holds. What is done already is passed over, so it may be done again at any
time: after a kill, a restore, a new database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storage import schema
from storage.engine import Database, Fence
from storage.redaction import articles, files, rows
from storage.redaction.files import Replaced
from storage.redaction.records import FileText
from storage.redaction.veil import Veil, load
from storage.text import instant_text
from storage.upkeep import ledger
from storage.warc import read_manifest
from storage.warc.manifest import replaced as replaced_before

Say = Callable[[str], None]


@dataclass(slots=True)
class Touched:
    """What the rules touch: articles masked and buried, files' texts, other rows by table, records masked and taken out, and
    the WARC files that were written anew."""

    articles: list[str] = field(default_factory=list)
    buried: list[str] = field(default_factory=list)
    texts: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    records: int = 0
    tombstones: int = 0
    files: list[Replaced] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.articles or self.buried or self.texts or self.rows or self.files)


def look(db: Database, folder: Path, veil: Veil, *, say: Say = lambda name: None) -> Touched:
    """What `apply` would touch. Changes nothing."""
    touched = Touched(articles=articles.hidden(db, veil))
    texts = rows.files(db, veil)
    touched.texts = len(texts)
    for line in rows.lines(db, veil):
        touched.rows[line.table] = touched.rows.get(line.table, 0) + 1
    found = files.search(folder, veil, entries=_left(db, veil, texts), progress=say)
    touched.records, touched.tombstones = found.masked, found.tombstones
    touched.files = [Replaced(name, "", "") for name in sorted(found.patches)]
    touched.buried = [rule.article["id"] for rule in veil.rules if rule.article]
    return touched


def apply(db: Database, folder: Path, fence: Fence | None, *, now: datetime, say: Say = lambda name: None) -> Touched:
    """Apply all rules of the ledger to WARC files and database, and hide what is withheld.

    Nobody may crawl or read meanwhile. Raises StorageFull, DatabaseError, Held.
    """
    veil, touched = load(folder), Touched()
    if veil:
        _apply_to_files(db, folder, fence, veil, touched, now=now, say=say)
    apply_to_rows(db, folder, fence, touched, now=now)
    return touched


def apply_to_rows(db: Database, folder: Path, fence: Fence | None, touched: Touched, *, now: datetime) -> None:
    """Apply all rules to the database, whose WARC files hold nothing veiled any more."""
    veil = load(folder)
    for rule in veil.rules:
        if rule.article:
            with db.write(fence, portals=[rule.portal]) as conn:
                if articles.bury(conn, rule, now=now):
                    touched.buried.append(rule.article["id"])
    if veil:
        touched.articles = articles.hidden(db, veil)
        for article in touched.articles:
            with db.write(fence) as conn:
                articles.mask(conn, veil, article, now=now)
        _mask_texts(db, fence, veil, touched, now=now)
    _hide(db, folder, fence, now=now)


def sweep(db: Database, folder: Path, fence: Fence | None, *, now: datetime) -> Touched:
    """Take out of the WARC what came into it all the same: captures of others that nobody has read, and files whose bytes were
    found to be veiled only when they were read. One that was killed is carried out to its end."""
    touched, veil = Touched(), load(folder)
    if veil:
        _take_over(db, fence, folder)
        entries = _left(db, veil, rows.unmasked(db))
        names = rows.foreign(db) | rows.places(db, entries)
        if names:
            _replace_files(db, folder, fence, veil, entries, touched, now=now, names=names)
    return touched


def _apply_to_files(
    db: Database, folder: Path, fence: Fence | None, veil: Veil, touched: Touched, *, now: datetime, say: Say
) -> None:
    _take_over(db, fence, folder)
    entries = _left(db, veil, {*rows.files(db, veil), *rows.unmasked(db)})
    _replace_files(db, folder, fence, veil, entries, touched, now=now, say=say)


def _left(db: Database, veil: Veil, entries: Iterable[int]) -> dict[int, FileText]:
    """These files and all others with the same bytes, and what is left of each."""
    return rows.left(db, veil, rows.with_same_bytes(db, veil, entries))


def _replace_files(
    db: Database, folder: Path, fence: Fence | None, veil: Veil, entries: Mapping[int, FileText], touched: Touched, *,
    now: datetime, say: Say = lambda name: None, names: frozenset[str] | None = None,
) -> None:  # fmt: skip
    found = files.search(folder, veil, entries=entries, names=names, progress=say)
    reasons = "; ".join(sorted({rule.reason for rule in veil.rules}))
    touched.records, touched.tombstones = found.masked, found.tombstones
    touched.files = files.replace(folder, found, reason=reasons, at=instant_text(now))
    rows.follow(db, fence, folder, touched.files)


def _take_over(db: Database, fence: Fence | None, folder: Path) -> None:
    """Rows about files that were written anew before the process was killed, or in a backup after the database was kept."""
    manifest, steps = read_manifest(folder), replaced_before(folder)
    with db.read() as conn:
        table = schema.warc_file
        known = conn.execute(table.select().with_only_columns(table.c.name, table.c.sha256)).all()
    stale = []
    for name, sha256 in known:
        last = sha256
        while (name, last) in steps:
            last = steps[name, last]
        if last != sha256 and manifest.get(name) == last:
            stale.append(Replaced(name, sha256, last))
    rows.follow(db, fence, folder, stale)


def _mask_texts(db: Database, fence: Fence | None, veil: Veil, touched: Touched, *, now: datetime) -> None:
    for entry in rows.files(db, veil):
        with db.write(fence) as conn:
            rows.mask_file(conn, veil, entry, now=now)
        touched.texts += 1
    for line in list(rows.lines(db, veil)):
        with db.write(fence) as conn:
            rows.put(conn, line)
        touched.rows[line.table] = touched.rows.get(line.table, 0) + 1


def _hide(db: Database, folder: Path, fence: Fence | None, *, now: datetime) -> None:
    """Hide and show articles as the ledger says last of each."""
    last = {line.facts["article"]: line for line in ledger.read(folder) if line.what in ("withhold", "release")}
    for article, line in last.items():
        with db.write(fence) as conn:
            articles.set_visible(
                conn, article, line.what == "release", str(line.facts["reason"]), at=line.at, now=now
            )  # fmt: skip
