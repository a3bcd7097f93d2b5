"""`watch` files that have served: lists and rechecks of long ago go, whole files at a time, after a retention somebody set.

First what is still needed of them is copied to `keep` (`storage.writer.keeping`). Then a file goes that holds no capture which
waits to be read, no body that a revisit in a file which stays refers to, and no damage that nobody has repaired. One line in
the ledger names all files that go; then rows, manifest and files follow. A killed process leaves the line, and the next call
goes on with it. The rows of captures stay: they say what was asked and when, and that their bytes have expired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, func, insert, select, true, update

from storage import points, schema
from storage.engine import Database, Fence
from storage.errors import FixityError
from storage.faults import full_disk
from storage.records import RecordRef
from storage.upkeep import ledger
from storage.warc import contents, finished, run_of, warc_folder
from storage.warc.files import begun, sync_folder
from storage.warc.manifest import expire_in_manifest
from storage.warc.places import remove
from storage.warc.reader import refers_to
from storage.writer.keeping import Change, Keeper, keep
from storage.writer.needed import needed

_file, _capture, _check = schema.warc_file, schema.capture, schema.fixity_check
_NAMED = 500


@dataclass(frozen=True, slots=True)
class Watched:
    """A finished `watch` file: when it was closed, whether its last check found damage, how many of its captures wait to be
    read, and the other files whose revisits mean bodies in it; `hanging` are those of them that stand in `keep`."""

    name: str
    closed_at: datetime
    bytes: int
    sha256: str
    damaged: bool = False
    unread: int = 0
    held_by: frozenset[str] = frozenset()
    hanging: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that go, and of each that is old enough and stays why. `hanging`: what holds some of them for ever."""

    going: tuple[Watched, ...]
    staying: Mapping[str, str]
    hanging: tuple[Change, ...] = ()

    @property
    def bytes(self) -> int:
        """What becomes free."""
        return sum(file.bytes for file in self.going)


def decide(files: Iterable[Watched]) -> Plan:
    """Which files of those that are old enough go. One that is referred to goes only together with all that refer to it."""
    going = {file.name: file for file in files}
    staying: dict[str, str] = {}
    for file in list(going.values()):
        if file.unread:
            staying[file.name] = f"{file.unread} captures are not read yet"
        elif file.damaged:
            staying[file.name] = "it is damaged: bring it back from a backup first"
    while held := _held([file for file in going.values() if file.name not in staying], going.keys() - staying.keys()):
        staying |= held
    hanging = {change.entry: change for file in going.values() for change in file.hanging}
    ordered = sorted(hanging.values(), key=lambda change: (run_of(change.ref.file), change.entry))
    return Plan(tuple(file for name, file in going.items() if name not in staying), staying, tuple(ordered))


def _held(files: Iterable[Watched], going: Set[str]) -> dict[str, str]:
    """Those of the files which a file that stays refers to, and why they stay, too."""
    reason = "an answer in it is repeated in {}, which stays"
    return {file.name: reason.format(min(stay)) for file in files if (stay := file.held_by - going)}


def old(db: Database, *, before: datetime) -> list[str]:
    """The finished `watch` files that were closed before this time, the oldest first."""
    query = select(_file.c.name).where(_file.c.series == "watch", _file.c.state == "closed", _file.c.closed_at < before)
    with db.read() as conn:
        return list(conn.execute(query.order_by(_file.c.closed_at, _file.c.name)).scalars())


def look(db: Database, folder: Path, names: Sequence[str]) -> Plan:
    """Look at these files and decide. Reads them, and the revisits that may mean something in them. Changes nothing."""
    return decide([_watched(db, folder, name) for name in names])


def prepare(keeper: Keeper, names: Sequence[str], *, say: Callable[[str], None] = lambda name: None) -> Plan:
    """Copy to `keep` what is still needed of these files, and decide which go. Raises as `keep_changes` does.

    Earlier releases copied revisits as they are; they are made whole first.
    """
    for name in names:
        say(name)
        with keeper.db.read() as conn:
            found = needed(conn, name)
        keep(keeper, found)
    plan = look(keeper.db, keeper.folder, names)
    if plan.hanging:
        keep(keeper, plan.hanging)
        plan = look(keeper.db, keeper.folder, names)
    points.reached("expire.kept")
    return plan


def carry_out(db: Database, folder: Path, fence: Fence | None, going: Sequence[Watched], *, now: datetime) -> None:
    """Let these files go. Nobody may crawl, read or redact meanwhile. Raises StorageFull, DatabaseError, Held."""
    if not going:
        return
    with db.read() as conn:
        last = conn.execute(select(schema.counter.c.value).where(schema.counter.c.name == "entry")).scalar_one()
    lines = [{"name": file.name, "sha256": file.sha256, "bytes": file.bytes} for file in going]
    ledger.append(folder, "expired", at=now, files=lines, entry=last)
    points.reached("expire.decided")
    finish(db, folder, fence)


def finish(db: Database, folder: Path, fence: Fence | None) -> list[str]:
    """Carry out what the ledger says to its end; returns the names of files that were still there or had rows of before."""
    names, place = gone(folder), warc_folder(folder)
    with db.read() as conn:
        closed = set(
            conn.execute(select(_file.c.name).where(_file.c.series == "watch", _file.c.state == "closed")).scalars()
        )
    there = set(finished(folder)) if names else set()
    left = [name for name in names if name in closed or name in there]
    if not left:
        return []
    with db.write(fence) as conn:
        for some in _some(left):
            conn.execute(update(_file).where(_file.c.name.in_(some)).values(state="expired"))
    points.reached("expire.noted")
    try:
        for name in left:
            expire_in_manifest(folder, name)
            points.reached("expire.listed")
            remove(folder, name)
            points.reached("expire.unlinked")
        sync_folder(place)
    except OSError as error:
        raise full_disk(error, str(place)) or error from error
    return left


def gone(folder: Path) -> list[str]:
    """The files that the ledger has let go."""
    return [file["name"] for line in ledger.read(folder) if line.what == "expired" for file in line.facts["files"]]


def put_rows(db: Database, folder: Path) -> None:
    """The rows of files that are gone, for a database made anew."""
    rows = []
    for line in ledger.read(folder):
        for file in line.facts["files"] if line.what == "expired" else ():
            at, run, series = begun(file["name"]) or (line.at, 0, "watch")
            rows.append({"name": file["name"], "series": series, "run": run, "state": "expired", "bytes": file["bytes"],
                         "sha256": file["sha256"], "opened_at": at, "closed_at": line.at})  # fmt: skip
    with db.write() as conn:
        known = set(conn.execute(select(_file.c.name)).scalars())
        if rows := [row for row in rows if row["name"] not in known]:
            conn.execute(insert(_file), rows)


def last_entry(folder: Path) -> int:
    """The newest entry number that the archive had when files went: no later capture may get one of before."""
    return max((int(line.facts["entry"]) for line in ledger.read(folder) if line.what == "expired"), default=0)


def retention(days: int) -> timedelta:
    """How old a file must be."""
    return timedelta(days=days)


def _watched(db: Database, folder: Path, name: str) -> Watched:
    last = select(func.max(_check.c.id)).where(_check.c.file == name).scalar_subquery()
    with db.read() as conn:
        row = conn.execute(select(_file).where(_file.c.name == name)).mappings().one()
        ok = conn.execute(select(_check.c.ok).where(_check.c.id == last)).scalar()
        waiting = (_capture.c.file == name) & (_capture.c.unread == true())
        unread = conn.execute(select(func.count()).select_from(_capture).where(waiting)).scalar_one()
    try:
        found = contents(folder, name)
        damaged = ok is False or bool(found.damages) or found.sha256 != row["sha256"]
        entries = [place.entry for place in found.places]
    except FileNotFoundError:
        damaged, entries = True, []
    held, hanging = (frozenset[str](), ()) if damaged or unread else _holders(db, folder, name, entries)
    return Watched(name, row["closed_at"], row["bytes"] or 0, row["sha256"], damaged, unread, held, hanging)


def _holders(
    db: Database, folder: Path, name: str, entries: Sequence[int]
) -> tuple[frozenset[str], tuple[Change, ...]]:
    """The other files with revisits whose bodies stand in this one, and all such revisits in `keep`."""
    found, hanging = set[str](), dict[int, Change]()
    for some in _some(entries):
        mine = select(_capture.c.payload_sha256).where(_capture.c.entry.in_(some), _capture.c.payload_sha256 != "")
        columns = (_capture.c[column] for column in ("entry", "portal", "series", "file", "offset", "length"))
        query = select(*columns).where(
            _capture.c.payload_sha256.in_(mine), _capture.c.size > 0, _capture.c.file != name
        )
        stays = exists().where(_file.c.name == _capture.c.file, _file.c.state != "expired")
        with db.read() as conn:
            rows = conn.execute(query.where(stays)).all()
        for entry, portal, *where in rows:
            ref = RecordRef(*where)
            if (ref.series == "keep" or ref.file not in found) and _means(folder, ref, name):
                found.add(ref.file)
                hanging |= {entry: Change(entry, portal, ref)} if ref.series == "keep" else {}
    return frozenset(found), tuple(hanging.values())


def _means(folder: Path, ref: RecordRef, name: str) -> bool:
    """Whether a record is a revisit of a body in that file; one that cannot be read may be."""
    try:
        return refers_to(folder, ref) == name
    except FixityError:
        return True


def _some(values: Sequence[int] | Sequence[str]) -> list[list[int | str]]:
    return [list(values[start : start + _NAMED]) for start in range(0, len(values), _NAMED)]
