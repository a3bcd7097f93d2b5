"""A redaction from its rule in the ledger to the last byte: WARC files, database, what is derived from it, files beside it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from phuongchi import shelving
from phuongchi.archive import Archive
from storage import points
from storage.errors import Held, UsageError

if TYPE_CHECKING:
    from storage.engine import Database, Fence
    from storage.redaction import Rule, Veil
    from storage.redaction.applying import Touched
    from storage.redaction.folder import Exports

Say = Callable[[str], None]

LEASE = 6 * 3600.0
"""Seconds for which no reader may touch a portal."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a redaction touched or would touch: in the archive, beside it; the same story's other articles, addresses that
    spell what is veiled, and folders with earlier backups."""

    touched: Touched
    exports: Exports
    elsewhere: tuple[str, ...]
    addresses: tuple[str, ...]
    backups: tuple[str, ...]


def of_strings(archive: Archive, strings: Sequence[str], *, reason: str, who: str, dry_run: bool, say: Say) -> Done:
    """Redact strings everywhere. Raises UsageError for one that is too short, and the errors of `storage`."""
    from storage.redaction import making

    def rules(key: bytes, db: Database) -> list[Rule]:
        now = archive.clock.now()
        return [making.of_string(key, text, reason=reason, who=who, at=now) for text in strings]

    return _redact(archive, rules, reason, who, dry_run=dry_run, say=say)


def of_article(archive: Archive, name: str, *, reason: str, who: str, dry_run: bool, say: Say) -> Done:
    """Redact an article: nothing stays but a tombstone. Raises UsageError when there is none, and the errors of `storage`."""
    from storage.redaction import making

    def rules(key: bytes, db: Database) -> list[Rule]:
        article = found(db, name)
        return [making.of_article(db, key, article, reason=reason, who=who, at=archive.clock.now())]

    return _redact(archive, rules, reason, who, dry_run=dry_run, say=say)


def again(archive: Archive, *, say: Say) -> Done:
    """Apply all rules once more. Raises the errors of `storage`."""
    db = archive.connect()
    try:
        with alone(db, archive) as fence:
            return carry_out(archive, db, fence, say=say)
    finally:
        db.close()


def set_visible(archive: Archive, name: str, visible: bool, *, reason: str, who: str) -> str:
    """Hide an article, or show it again; returns its id. Raises UsageError when it is so already, or there is none."""
    from storage.redaction import articles, load
    from storage.upkeep import ledger

    db, now = archive.connect(), archive.clock.now()
    try:
        article = found(db, name)
        _refuse_revealing(load(archive.folder), reason, who)
        with db.write() as conn:
            if not articles.set_visible(conn, article, visible, reason, at=now, now=now):
                raise UsageError(f"article {article} is not {'withheld' if visible else 'public'}", cure="See: show")
            ledger.append(
                archive.folder, "release" if visible else "withhold", at=now, article=article, reason=reason, who=who
            )
        return article
    finally:
        db.close()


def finish(archive: Archive, db: Database, fence: Fence, *, say: Say = lambda name: None) -> None:
    """Carry out what a killed process has begun, before anything else is asked or read."""
    from storage.redaction.veil import pending
    from storage.upkeep import ledger

    if pending(ledger.read(archive.folder)):
        carry_out(archive, db, fence, say=say)


def carry_out(archive: Archive, db: Database, fence: Fence, *, say: Say) -> Done:
    """Apply all rules of the ledger to everything, under a lease that nobody else crawls or reads with."""
    from crawler.ingest import clusters
    from storage.redaction import applying, folder, load
    from storage.redaction.compacting import compact
    from storage.redaction.veil import pending
    from storage.upkeep import ledger

    now, veil = archive.clock.now, load(archive.folder)
    points.reached("redact.ruled")
    touched = applying.apply(db, archive.folder, fence, now=now(), say=say)
    points.reached("redact.stored")
    clusters.follow(db, archive.folder, now=now)
    exports = folder.clean(archive.folder, veil, database=_name(archive), hosts=_hosts(archive))
    compact(db)
    shelving.put_away(archive, db, fence)  # a shelf has what was masked only now
    points.reached("redact.cleaned")
    backups = _backups(archive)  # before it counts as done: no earlier state may come back without the rule
    if rules := pending(ledger.read(archive.folder)):
        ledger.append(archive.folder, "redacted", at=now(), rules=rules)
    return Done(touched, exports, (), (), backups)


def found(db: Database, name: str) -> str:
    """The id of the article that `name` means. Raises UsageError."""
    from storage import reader

    article = reader.find_id(db, name)
    if not article:
        raise UsageError(f"no article {name!r}", cure="Give its id as `phuongchi search` prints it, or its address")
    return article


def _redact(
    archive: Archive, rules: Callable[[bytes, Database], list[Rule]], reason: str, who: str, *, dry_run: bool, say: Say
) -> Done:
    from storage.redaction import making, veil
    from storage.upkeep import ledger

    archive.check_writable()
    db = archive.connect()
    try:
        with alone(db, archive) as fence:
            kept = (archive.folder / veil.KEY).exists()
            key = veil.read_key(archive.folder) if kept else secrets.token_bytes(32)
            if not dry_run and not kept:
                key = veil.make_key(archive.folder)
            made = rules(key, db)
            trial = making.with_rules(archive.folder, key, made)
            _refuse_revealing(trial, reason, who)
            told = _told(db, veil.made(key, tuple(made)), made)
            if dry_run:
                return _looked(archive, db, veil.made(key, tuple(made)), told, say=say)
            known = {rule.id for rule in veil.load(archive.folder).rules}
            for rule in made:
                if rule.id not in known:
                    ledger.append(archive.folder, "redact", at=archive.clock.now(), **veil.as_line(rule))
            done = carry_out(archive, db, fence, say=say)
            return Done(done.touched, done.exports, *told, done.backups)
    finally:
        db.close()


def _looked(
    archive: Archive, db: Database, veil: Veil, told: tuple[tuple[str, ...], tuple[str, ...]], *, say: Say
) -> Done:
    from storage.redaction import applying, folder

    touched = applying.look(db, archive.folder, veil, say=say)
    exports = folder.clean(archive.folder, veil, database=_name(archive), hosts=_hosts(archive), dry_run=True)
    return Done(touched, exports, *told, _backups(archive, write=False))


def _told(db: Database, veil: Veil, rules: Sequence[Rule]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a redaction does not touch, for somebody to decide: the same story elsewhere, and addresses that spell it."""
    from storage.reader import clusters
    from storage.redaction import rows

    mine = {rule.article["id"] for rule in rules if rule.article}
    elsewhere = [member.article for article in sorted(mine) for member in clusters.members(db, article)]
    return tuple(one for one in elsewhere if one not in mine), tuple(rows.addresses(db, veil))


def _refuse_revealing(veil: Veil, *texts: str) -> None:
    """Raise UsageError when the reason says what may not be read: it stays in the ledger for ever."""
    if any(veil.hides(text) for text in texts):
        raise UsageError("the reason says what nobody may read", cure="Say why, without the words themselves")


def _name(archive: Archive) -> str:
    url = archive.config.database
    return Path(url.removeprefix("sqlite:///")).name if url.startswith("sqlite") else ""


def _hosts(archive: Archive) -> set[str]:
    portals = archive.portals()
    return {urlsplit(portal.url).netloc for portal in portals} | {host for portal in portals for host in portal.hosts}


def _backups(archive: Archive, *, write: bool = True) -> tuple[str, ...]:
    """The earlier states in folders to which the archive was kept; the rules are handed to those that can be reached."""
    from storage.redaction import carrying
    from storage.upkeep import backup, ledger

    states: list[str] = []
    for to in dict.fromkeys(str(line.facts["to"]) for line in ledger.read(archive.folder) if line.what == "backup"):
        place = Path(to)
        if not (place / "snapshots").is_dir():
            states.append(f"{to} (không tới được | not reachable)")
            continue
        states += [str(one.folder) for one in backup.snapshots(place)]
        try:
            if write:
                carrying.hand_on(archive.folder, place)
        except OSError as error:
            why = (
                f"không ghi được luật che: chạy lại `backup --to` | cannot be told: {error.strerror}; run `backup --to`"
            )
            states.append(f"{to} ({why})")
    return tuple(states)


@contextmanager
def alone(db: Database, archive: Archive) -> Iterator[Fence]:
    """Nobody crawls or reads until the block ends. Raises Held."""
    from storage import reader, runs

    with runs.hold(db, archive.folder) as fence:
        _repair(archive, db, fence, archive.clock.now())
        taken = []
        try:
            for portal in reader.portals(db):
                lease = runs.take_portal(db, portal.id, ttl=LEASE)
                if lease is None:
                    raise Held(f"{portal.id} is being read by another process", cure="Wait for it to end")
                taken.append(lease)
            yield fence
        finally:
            for lease in taken:
                runs.release(db, lease)


def _repair(archive: Archive, db: Database, fence: Fence, now: datetime) -> None:
    from crawler.fetch.repair import repair

    repair(db, archive.folder, fence, now=now)
