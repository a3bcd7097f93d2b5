"""A database made anew from WARC files: what is asked of the folder before, and how the new one takes the old one's place.

The old database is never written, and stays beside the new one: a SQLite file as `.before-reindex`, the tables of PostgreSQL
in the schema `before_reindex`.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine, exc, func, insert, inspect, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from storage import engine, points, schema, sqlite
from storage.engine import Database, Fence
from storage.errors import DatabaseError, Held, UsageError
from storage.faults import wrapped
from storage.frontier import Group, WarcFile, commit
from storage.locks import LockBusy, file_lock
from storage.records import Portal
from storage.upkeep import expiry, ledger
from storage.warc import Contents, Place, contents, finished
from storage.warc.files import sync_folder

NEW, BEFORE = ".reindex", ".before-reindex"
_SIDE_FILES = ("-wal", "-shm", "-journal", ".write-lock")
NEW_SCHEMA, BEFORE_SCHEMA = "reindex", "before_reindex"
_NOT_ALLOWED = "42501"
"""PostgreSQL's `insufficient_privilege`."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the folder's WARC files hold: the files, and every answer once, in the order of the archive."""

    files: tuple[Contents, ...]
    places: tuple[Place, ...]

    @property
    def archive(self) -> str:
        """The id of the archive that wrote the first file."""
        return next((file.archive for file in self.files if file.archive), "")

    @property
    def portals(self) -> dict[str, str]:
        """Every portal that answered, with an address of it."""
        found: dict[str, str] = {}
        for file in self.files:
            for portal, url in file.portals.items():
                found.setdefault(portal, url)
        return found

    @property
    def damages(self) -> tuple[tuple[str, int, str], ...]:
        """File, offset and words of everything that cannot be read."""
        return tuple((file.name, *damage) for file in self.files for damage in file.damages)


def survey(folder: Path, *, progress: Callable[[str], None] = lambda name: None) -> Survey:
    """Walk over all finished files. An answer that was copied into the other series counts once, in `keep`."""
    found: dict[int, Place] = {}
    files = []
    for name in finished(folder):
        progress(name)
        file = contents(folder, name)
        files.append(file)
        for place in file.places:
            if place.entry not in found or place.ref.series == "keep":
                found[place.entry] = place
    files.sort(key=lambda file: (file.opened_at, file.name))
    return Survey(tuple(files), tuple(found[entry] for entry in sorted(found)))


def new_url(url: str) -> str:
    """Where the new database is made: beside the old one, out of everybody's sight."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        return f"sqlite:///{place.database}{NEW}"
    return place.update_query_dict({"options": f"-csearch_path={NEW_SCHEMA}"}).render_as_string(hide_password=False)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep others from rebuilding the same archive meanwhile. Raises Held."""
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(folder / ".reindex.lock", patience=0))
        except LockBusy as error:
            raise Held("the archive is being reindexed by another process", cure="Wait for it to end") from error
        yield


def create(url: str, *, now: datetime) -> None:
    """Make the new database at `new_url(url)`, empty. What an interrupted attempt left there is thrown away."""
    place = make_url(url)
    _throw_away(place)
    if place.get_backend_name() != "sqlite":
        with _server(place) as conn:
            conn.execute(text(f"CREATE SCHEMA {NEW_SCHEMA}"))
    engine.create(new_url(url), now=now)
    points.reached("reindex.created")


def clear(url: str, folder: Path) -> None:
    """Throw away what an interrupted attempt left, unless one is under way. Raises DatabaseError."""
    place = make_url(url)
    if _is_linked(place):
        with suppress(Held), alone(folder):
            if _is_linked(place):
                Path(f"{place.database}{BEFORE}").unlink()
    if is_left(url):
        with suppress(Held), alone(folder):
            _throw_away(place)


def _is_linked(place: URL) -> bool:
    """Whether the database has its second name, and nothing took its place: both names are one file."""
    path, before = Path(place.database or ""), Path(f"{place.database}{BEFORE}")
    return place.get_backend_name() == "sqlite" and path.exists() and before.exists() and before.samefile(path)


def is_left(url: str) -> bool:
    """Whether there is a new database, or a part of one, that took nobody's place. Raises DatabaseError."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        new = Path(f"{place.database}{NEW}")
        return any(Path(f"{new}{suffix}").exists() for suffix in ("", *_SIDE_FILES))
    with _server(place) as conn:
        return inspect(conn).has_schema(NEW_SCHEMA)


def _throw_away(place: URL) -> None:
    if place.get_backend_name() == "sqlite":
        new = Path(f"{place.database}{NEW}")
        _drop_side_files(new)
        new.unlink(missing_ok=True)
    else:
        with _server(place) as conn:
            conn.execute(text(f"DROP SCHEMA IF EXISTS {NEW_SCHEMA} CASCADE"))


def describe(db: Database, folder: Path, found: Survey) -> None:
    """Write down which archive it is, in a new epoch, and which entry number was the last.

    Raises UsageError when neither ledger nor files say which archive it is.
    """
    made = next((line for line in ledger.read(folder) if line.what == "archive"), None)
    archive = str(made.facts["id"]) if made else found.archive
    if not archive:
        raise UsageError(f"no WARC file in {folder} says of which archive it is", cure="Restore a backup")
    began = datetime.fromisoformat(made.facts["created_at"]) if made else min(file.opened_at for file in found.files)
    last = max((place.entry for place in found.places), default=0)
    last = max(last, expiry.last_entry(folder))
    with db.write() as conn:
        values = {"id": archive, "epoch": ledger.epoch(folder) + 1, "created_at": began}
        conn.execute(update(schema.archive).values(**values))
        conn.execute(update(schema.counter).where(schema.counter.c.name == "entry").values(value=last))


def put_files(db: Database, fence: Fence, files: Sequence[Contents]) -> None:
    """The rows of finished files, each with its run."""
    for file in files:
        row = WarcFile(file.name, file.series, file.opened_at, file.last, file.size, file.sha256)
        commit(db, fence, file.run, Group(files=(row,)))


def put_portals(db: Database, portals: Sequence[Portal], *, now: datetime) -> None:
    """Rows of portals that nobody keeps in `portals.toml` any more, but whose answers are in the archive: they rest."""
    with db.write() as conn:
        known = set(conn.execute(select(schema.portal.c.id)).scalars())
        rows = [
            {"id": portal.id, "url": portal.url, "row": {}, "enabled": False, "added_at": now}
            for portal in portals
            if portal.id not in known
        ]
        if rows:
            conn.execute(insert(schema.portal), rows)


def put_run(
    db: Database,
    fence: Fence,
    run: int,
    portals: Sequence[str],
    *,
    began: datetime,
    ended: datetime,
    kind: str = "night",
) -> None:
    """The row of a run and those of its visits, as far as its answers tell: when it began and ended, and where it was."""
    table, visit = schema.run, schema.visit
    with db.write(fence) as conn:
        row = {"kind": kind, "state": "done", "fence": 0, "started_at": began, "ended_at": ended}
        conn.execute(insert(table).values(id=run, **row))
        times = {"state": "done", "counts": {}, "started_at": began, "ended_at": ended}
        if portals:
            conn.execute(insert(visit), [{"run": run, "portal": portal, **times} for portal in portals])


def put_backfills(db: Database, folder: Path) -> None:
    """How far back the portals' lists are walked, as somebody asked for."""
    for line in ledger.read(folder):
        if line.what == "backfill":
            here = schema.portal.c.id == line.facts["portal"]
            with db.write() as conn:
                to = datetime.fromisoformat(line.facts["to"])
                conn.execute(update(schema.portal).where(here).values(backfill_to=to))


def begun(files: Iterable[Contents]) -> dict[int, datetime]:
    """When each run began to write."""
    found: dict[int, datetime] = {}
    for file in files:
        found[file.run] = min(file.opened_at, found.get(file.run, file.opened_at))
    return found


def before_moves(portals: Mapping[str, Portal], folder: Path, at: datetime) -> dict[str, Portal]:
    """The portals as they were at that time, where they had moved since; the moves are undone, the last one first."""
    found = dict(portals)
    for line in reversed(ledger.read(folder)):
        name = str(line.facts.get("portal", ""))
        if line.what == "move" and line.at > at and name in found:
            found[name] = dataclasses.replace(found[name], url=line.facts["url"], hosts=tuple(line.facts["hosts"]))
    return found


def replace(url: str, folder: Path, *, now: datetime) -> str:
    """Let the new database, which nobody may have open any more, take the place of the old one; returns where that is now.

    In one step: whoever opens the database sees the old one or the whole new one. Begins a new epoch. Raises Held when a
    crawl has begun meanwhile, whose answers the new database does not know.
    """
    with _no_crawl(url, folder):
        return _replace(url, folder, now=now)


def _replace(url: str, folder: Path, *, now: datetime) -> str:
    points.reached("reindex.replace")
    ledger.append(folder, "epoch", at=now, epoch=ledger.epoch(folder) + 1, why="reindex")
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        return _replace_file(Path(place.database or ""))
    with _server(place) as conn:
        _move_tables(conn)
    points.reached("reindex.replaced")
    return f"schema {BEFORE_SCHEMA}"


@contextmanager
def _no_crawl(url: str, folder: Path) -> Iterator[None]:
    """Hold what a crawl holds (`storage.leases.hold`), without a database of our own."""
    began = Held("a crawl has begun meanwhile", cure="Wait for it to end, and run it again")
    with ExitStack() as stack:
        if make_url(url).get_backend_name() == "sqlite":
            try:
                stack.enter_context(file_lock(folder / ".crawl.lock", patience=0))
            except LockBusy as error:
                raise began from error
        else:
            conn = stack.enter_context(_server(make_url(url)))
            if not conn.execute(text("SELECT pg_try_advisory_xact_lock(hashtext('phuongchi crawl'))")).scalar():
                raise began
        yield


# --- SQLite ---------------------------------------------------------------------------------------------------------


def _replace_file(path: Path) -> str:
    new, before = path.with_name(path.name + NEW), path.with_name(path.name + BEFORE)
    if path.exists():
        _fold(path)
        points.reached("reindex.folded")
        before.unlink(missing_ok=True)
        os.link(path, before)
        points.reached("reindex.linked")
    _drop_side_files(new)
    new.replace(path)
    sync_folder(path.parent)
    points.reached("reindex.replaced")
    return str(before) if before.exists() else ""


def _fold(path: Path) -> None:
    """Bring a database's write-ahead log into its file: a log left behind would be taken for the new database's own.

    Raises DatabaseError while somebody reads. The log of a file that is damaged is put aside with it.
    """
    log = path.with_name(path.name + "-wal")
    connection = None
    try:
        connection = sqlite.opener(path, mode="rw", patience=5.0)()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite.driver.DatabaseError:
        if log.exists():
            log.replace(path.with_name(path.name + BEFORE + "-wal"))
    finally:
        if connection is not None:
            connection.close()
    if log.exists() and log.stat().st_size:
        raise DatabaseError(f"{path} is in use", cure="End the programs that have it open, and run it again")
    for suffix in ("-shm", "-journal", "-wal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _drop_side_files(path: Path) -> None:
    for suffix in _SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def _move_tables(conn: Connection) -> None:
    home = conn.execute(select(func.current_schema())).scalar_one()
    made = set(inspect(conn).get_table_names(NEW_SCHEMA))
    old = set(inspect(conn).get_table_names(home)) & made
    conn.execute(text(f"DROP SCHEMA IF EXISTS {BEFORE_SCHEMA} CASCADE"))
    if old:
        conn.execute(text(f"CREATE SCHEMA {BEFORE_SCHEMA}"))
    for names, source, target in ((old, home, BEFORE_SCHEMA), (made, NEW_SCHEMA, home)):
        for name in sorted(names):
            conn.execute(text(f'ALTER TABLE "{source}"."{name}" SET SCHEMA "{target}"'))
    conn.execute(text(f"DROP SCHEMA {NEW_SCHEMA}"))
    conn.execute(
        text("SELECT setval(pg_get_serial_sequence('run', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM run), false)")
    )


@contextmanager
def _server(place: URL) -> Iterator[Connection]:
    """One transaction on a PostgreSQL server. Raises UsageError when its user may not make schemas."""
    server = create_engine(place.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    shown = place.render_as_string(hide_password=True)
    try:
        with wrapped(shown), server.begin() as conn:
            yield conn
    except exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != _NOT_ALLOWED:
            raise
        cure = f'GRANT CREATE ON DATABASE "{place.database}" TO its user, and run it again'
        raise UsageError(f"{shown}: a schema is needed to make the tables anew ({error.orig})", cure=cure) from error
    finally:
        server.dispose()
