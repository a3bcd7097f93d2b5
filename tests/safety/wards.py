"""Two small wards that share a story: visited and read in one process, and what their archive holds in the end."""

from __future__ import annotations

import io
import os
from ast import literal_eval
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from crawler import importing
from crawler.fetch.batch import Batch, FetchSettings
from crawler.fetch.repair import repair
from crawler.ingest import clusters, driver
from phuongchi import cli, config, redacting
from phuongchi.archive import Archive
from phuongchi.clock import Clock
from phuongchi.commands.foreign import take_from
from phuongchi.demo.site import Gold, Reply
from phuongchi.runners import bookkeeping
from phuongchi.runners.order import Order
from storage import points, reader, runs, schema, warc
from storage.engine import Database, connect
from storage.errors import Held, PhuongChiError
from storage.records import Portal, RecordRef, portal_id
from storage.upkeep import fixity, rebuild, shelving
from storage.writer import keeping, queue
from tests.documents import docx
from tests.ingest.archives import story
from tests.upkeep.archives import search_path

FIRST = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
NIGHTS = (0, 1, 5, 9, 14)
"""Days after the first on which the wards are visited: far enough for an article to be missed for good."""

QUICK = FetchSettings(
    user_agent="PhuongChi/test (+https://example.org; a@example.org)", delay=0.0, timeout=5.0, retry_delays=(0.05, 0.05),
    group=4, group_seconds=0.05, file_size=6_000,
)  # fmt: skip

SHARED = 4
"""The article that both wards publish."""


LONG = "".join(
    f"<p>Theo thông báo, từ ngày {day:02}/05/2026 các hộ ở tổ {day} nộp hồ sơ tại nhà văn hóa số {day * 3} để được xét hỗ trợ.</p>"
    for day in range(2, 9)
)


@dataclass
class Ward:
    """A portal with a list, four articles, a file, a redirect and a dead link.

    From the second night on article 3 is edited and there is a fifth, the first one is gone, and the file is another one.
    """

    name: str
    platform: str = ""

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The answer for a path."""
        if target == "/robots.txt":
            return Reply(b"User-agent: *\nDisallow: /admin\n", headers=(("Content-Type", "text/plain"),))
        if target == "/":
            return Reply(self._list(night))
        if target == "/cu.html":
            return Reply(b"", 302, (("Location", "/tin-tuc/bai-viet-so-2.html"),))
        if target == "/van-ban/ke-hoach.docx":
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            return Reply(docx("Kế hoạch số 12", f"Bản {min(night, 2)}"), headers=(("Content-Type", kind),))
        for number in self._numbers(night):
            if target == f"/tin-tuc/bai-viet-so-{number}.html":
                return Reply(self._story(number, night))
        return Reply(b"<html><body>404</body></html>", 404)

    def gold(self, night: int) -> Sequence[Gold]:
        """Nobody asks."""
        return ()

    def _numbers(self, night: int) -> range:
        return range(1, 5) if night == 1 else range(2, 6)

    def _list(self, night: int) -> bytes:
        lines = "".join(
            f'<li><h3><a href="/tin-tuc/bai-viet-so-{n}.html">Phường tổ chức buổi sinh hoạt lần thứ {n} trong năm</a></h3></li>'
            for n in range(1, 6 if night > 1 else 5)
        )
        return (
            f"<html><head><title>Tin tức</title></head><body><div class='menu'><a href='/'>Trang chủ</a></div><ul>{lines}"
            f"<li><a href='/cu.html'>Bài viết cũ của phường</a></li><li><a href='/mat.html'>Bài viết đã mất của phường</a>"
            f"</li></ul><p>Đêm thứ {night}</p></body></html>"
        ).encode()

    def _story(self, number: int, night: int) -> bytes:
        extra = "<p>Danh sách được bổ sung sau khi niêm yết.</p>" if (number, night > 1) == (3, True) else ""
        extra += '<p><a href="/van-ban/ke-hoach.docx">Kế hoạch</a></p>' if number == 2 else ""
        extra += LONG if number == SHARED else ""
        shift = 0 if number == SHARED else sum(self.name.encode())
        return story(number + shift, extra=extra)


@contextmanager
def opened(url: str) -> Any:
    """The database, for the block."""
    db = connect(url)
    try:
        yield db
    finally:
        db.close()


def portals(urls: Sequence[str]) -> tuple[Portal, ...]:
    """The rows of these portals."""
    return tuple(Portal(id=portal_id(url), url=url) for url in urls)


def crawl(url: str, folder: Path, urls: Sequence[str], night: int) -> None:
    """Visit the portals as the scheduler lets it be done in a night, once, but in this process. Raises what ended it."""
    from crawler.fetch.run import crawl_batch

    now = FIRST + timedelta(days=NIGHTS[night - 1])
    clock = Clock(now, 0.0, simulated=True, monotonic=lambda: 0.0)
    archive = Archive(folder, config.load(folder), clock)
    slots = (("30 22 * * *", now),)
    order = Order(batches=(portals(urls),), kind="night", full=True, slot=now, slots=slots)
    with opened(url) as db, runs.hold(db, folder) as fence:
        if not runs.open_slots(db, slots):
            return
        runs.sync_portals(db, order.portals, now=now)
        run = bookkeeping.begin(order, db, fence, now=now)
        with bookkeeping.failing(db, fence, run, archive):
            repair(db, folder, fence, now=now)
            batch = Batch(
                database=url, folder=folder, archive=reader.archive(db)[0], run=run.id, fence=fence,
                portals=order.portals, settings=QUICK, started_at=now, full=True,
            )  # fmt: skip
            if bookkeeping.still_open(order, db, run.id):
                crawl_batch(batch, now=lambda: now, report=lambda event: None)
        bookkeeping.end(order, db, fence, run, "", known=order.portals, now=now)


def crawl_torn(url: str, folder: Path, urls: Sequence[str], night: int) -> None:
    """Visit the portals until a record is half written; then this process is killed."""
    points.arm("warc.torn:9")
    crawl(url, folder, urls, night)


def read(url: str, folder: Path, urls: Sequence[str]) -> None:
    """Read what waits as `phuongchi ingest` does, but in this process. Raises what ended it."""
    now = FIRST + timedelta(days=NIGHTS[-1], hours=1)
    with opened(url) as db:
        put_away(db, folder, now)
        with db.read() as conn:
            waiting = queue.waiting(conn)
        for portal in portals(urls):
            if portal.id not in waiting:
                continue
            fence = runs.take_portal(db, portal.id, ttl=600)
            assert fence is not None
            points.reached("lease.taken")
            try:
                driver.read_portal(driver.Desk(db, folder, portal, fence, lambda: now), at_end=True)
            finally:
                runs.release(db, fence)
        put_away(db, folder, now)
        clusters.follow(db, folder, now=lambda: now)


def put_away(db: Database, folder: Path, now: datetime) -> None:
    """Put in order what a dead process left, and keep what proved to be a change, unless somebody crawls."""
    with suppress(Held), runs.hold(db, folder) as fence:
        repair(db, folder, fence, now=now)
        keeping.keep_changes(keeping.Keeper(db, folder, fence, "test", now))


def crawl_and_read(url: str, folder: Path, urls: Sequence[str], night: int) -> Any:
    """Visit and read; returns what the archive holds."""
    crawl(url, folder, urls, night)
    return read_all(url, folder, urls)


def take_over_crawl(url: str, folder: Path, urls: Sequence[str], night: int) -> Any:
    """Become the holder of the archive, as another machine would that saw the first one silent; returns what there is."""
    lease = schema.lease
    with opened(url) as db, db.write() as conn:
        conn.execute(update(lease).where(lease.c.name == "crawl").values(fence=lease.c.fence + 1, holder="another"))
    return contents(url)


def take_over_reading(url: str, folder: Path, urls: Sequence[str]) -> None:
    """Read everything after the leases of others ran out."""
    lease = schema.lease
    with opened(url) as db, db.write() as conn:
        conn.execute(update(lease).where(lease.c.name.startswith("read:")).values(expires_at=FIRST))
    read(url, folder, urls)


def read_all(url: str, folder: Path, urls: Sequence[str]) -> Any:
    """Read; returns what the archive holds."""
    read(url, folder, urls)
    return state(url, folder)


# --- what is there ------------------------------------------------------------------------------------------------


def state(url: str, folder: Path) -> dict[str, Any]:
    """What an archive holds, but for numbers that a killed process may have left out. Raises if it contradicts itself."""
    with opened(url) as db:
        db.check_integrity()
        check_files(db, folder)
        with db.read() as conn:
            check_feed(conn)
            check_kept(conn)
            found = {name: Counter(_rows(conn, columns)) for name, columns in COLUMNS.items()}
            asked_again = schema.capture.c.purpose == "robots"  # by every process: its rules are kept in memory
            found["robots"] = Counter(set(_rows(conn, COLUMNS["capture"], asked_again)))
            found["capture"] = Counter(_rows(conn, COLUMNS["capture"], ~asked_again))
            return found


def contents(url: str) -> dict[str, Counter[str]]:
    """All rows of all tables."""
    with opened(url) as db, db.read() as conn:
        return {name: Counter(_rows(conn, (table,))) for name, table in schema.metadata.tables.items()}


COLUMNS: Mapping[str, tuple[Any, ...]] = {
    name: tuple(schema.metadata.tables[name].c[column] for column in columns.split())
    for name, columns in {
        "capture": "portal key url run purpose status payload_sha256 unread truncated",
        "page": "portal key purpose read_as status negatives",
        "article": "id portal identity url revision removed_at title text_sha256 published_at kind",
        "revision": "article number digest changed published_at",
        "article_address": "portal key article",
        "attachment": "article revision url name key",
        "file_text": "text_sha256 flag",
        "event": "kind article digest",
        "cluster": "article id similarity",
        "sighting": "portal key listing anchor",
        "visit": "run portal state",
        "template": "portal version",
    }.items()
}


def _rows(conn: Connection, columns: tuple[Any, ...], where: Any = True) -> list[str]:
    return [repr(tuple(row)) for row in conn.execute(select(*columns).where(where))]


def check_files(db: Database, folder: Path) -> None:
    """Every capture's row leads to a record with its digest, every file is finished and as the manifest says."""
    with db.read() as conn:
        gone = select(schema.warc_file.c.name).where(schema.warc_file.c.state == "expired")
        captures = conn.execute(select(schema.capture).where(schema.capture.c.file.not_in(gone))).mappings().all()
        states = set(conn.execute(select(schema.warc_file.c.state)).scalars())
    for row in captures:
        ref = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        assert warc.read_payload(folder, ref).status == row["status"], ref
    assert states <= {"closed", "expired"}
    assert list((folder / "warc").glob("*.open")) == []
    present = fixity.presence(db, folder)
    assert (present.missing, present.strangers) == ((), ())
    for file in fixity.due(db, now=FIRST, everything=True):
        assert fixity.check(db, folder, file) == []


def check_feed(conn: Connection) -> None:
    """The change feed has no gaps, and its last word about each article is the article's state."""
    event, revision, article = schema.event, schema.revision, schema.article
    rows = conn.execute(select(event.c.seq, event.c.article, event.c.digest).order_by(event.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    current = (article.c.id == revision.c.article) & (article.c.revision == revision.c.number)
    digests = conn.execute(select(article.c.id, revision.c.digest).join(revision, current))
    assert {row.article: row.digest for row in rows} == {name: digest for name, digest in digests}


def check_kept(conn: Connection) -> None:
    """What a state of an article shows stands in `keep`."""
    shown = {table: conn.execute(select(schema.capture.c.series).join(table, table.c.entry == schema.capture.c.entry))
             for table in (schema.revision, schema.attachment)}  # fmt: skip
    assert {name for rows in shown.values() for name in rows.scalars()} <= {"keep"}


# --- upkeep -------------------------------------------------------------------------------------------------------


def command(folder: Path, *arguments: object, hour: int = 0) -> str:
    """Run a command of the program in this process; returns what it printed. Raises PhuongChiError as its exit code says."""
    os.environ["PHUONGCHI_NOW"] = (FIRST + timedelta(days=NIGHTS[-1], hours=hour)).isoformat()
    os.environ["PATH"] = search_path()
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run(["-C", str(folder), *(str(argument) for argument in arguments)])
    if code:
        error = PhuongChiError(err.getvalue())
        error.exit_code = code
        raise error
    return out.getvalue()


def beside(folder: Path, name: str) -> Path:
    """A place beside an archive that goes with its copy."""
    return folder.with_name(f"{folder.name}-{name}")


def back_up(url: str, folder: Path, hour: int) -> None:
    """Two backups of one day, of which the second takes the first one's snapshot away."""
    for later in (0, 1):
        command(folder, "backup", "--to", beside(folder, "kept"), hour=hour + later)


def back_up_and_restore(url: str, folder: Path) -> Any:
    """Backups again, later; returns what the archive holds that is brought back from them."""
    back_up(url, folder, 2)
    return brought_back(url, folder)


def restore(url: str, folder: Path) -> None:
    """An archive made of the backup of this one."""
    command(folder, "restore", beside(folder, "new"), "--from", beside(folder, "kept"), hour=4)


def brought_back(url: str, folder: Path) -> Any:
    """Restore unless that was done; returns what the new archive holds."""
    new = beside(folder, "new")
    if not (new / "phuongchi.toml").exists():
        restore(url, folder)
    return state(f"sqlite:///{new}/phuongchi.db", new)


def verify(url: str, folder: Path) -> None:
    """Every file checked."""
    command(folder, "verify", "--all")


def verify_all(url: str, folder: Path) -> Any:
    """Every file checked; returns what the archive holds, and which files are known to be well."""
    verify(url, folder)
    with opened(url) as db, db.read() as conn:
        checks = set(conn.execute(select(schema.fixity_check.c.file, schema.fixity_check.c.ok)).all())
    return {**state(url, folder), "checks": Counter(repr(tuple(one)) for one in checks)}


def export(url: str, folder: Path) -> Any:
    """Everything exported; returns the lines, and what lies beside the export."""
    target = beside(folder, "out")
    target.mkdir(exist_ok=True)
    command(folder, "export", "jsonl", "-o", target / "all.jsonl")
    return (target / "all.jsonl").read_text(), sorted(path.name for path in target.iterdir())


def bring_in(url: str, folder: Path, portal: str, source: Path) -> None:
    """The answers of a file of others brought in, unread."""
    clock = Clock(FIRST + timedelta(days=NIGHTS[-1], hours=5), 0.0, simulated=True, monotonic=lambda: 0.0)
    archive = Archive(folder, config.load(folder), clock)
    with importing.found([source], folder, importing.Times(), free=0) as sources:
        take_from(sources, archive, portals([portal])[0], dry_run=False, say=lambda done: None)


def bring_in_halfway(url: str, folder: Path, portal: str, source: Path) -> None:
    """The answers of a file of others written, and no row of them; then this process is killed."""
    points.arm("import.written:1")
    bring_in(url, folder, portal, source)


def brought_in(url: str, folder: Path, portal: str, source: Path) -> Any:
    """Brought in once more; returns what the archive holds. Raises if its files hold anything else."""
    bring_in(url, folder, portal, source)
    with opened(url) as db, db.read() as conn:
        stored = set(conn.execute(select(schema.capture.c.entry)).scalars())
    assert stored == {place.entry for place in rebuild.survey(folder).places}
    found = state(url, folder)
    with_runs = list(COLUMNS["capture"]).index(schema.capture.c.run)
    rows = [literal_eval(row) for row in found["capture"].elements()]
    return {**found, "capture": Counter(repr(row[:with_runs] + row[with_runs + 1 :]) for row in rows)}


SECRET = "Danh sách được bổ sung sau khi niêm yết"
"""What is redacted: it came with an edit, and stands in a page of each ward."""


def redact(url: str, folder: Path) -> None:
    """A string taken out for good."""
    archive = Archive(
        folder, config.load(folder), Clock(FIRST + timedelta(days=NIGHTS[-1], hours=7), 0.0, True, lambda: 0.0)
    )
    redacting.of_strings(archive, [SECRET], reason="test", who="test", dry_run=False, say=lambda text: None)


def redacted(url: str, folder: Path) -> Any:
    """Taken out once more; returns what the archive holds, in which it is nowhere."""
    redact(url, folder)
    for path in (folder / "warc").glob("*.warc.gz"):
        assert all(
            SECRET.encode() not in (member.record.block if member.record else b"")
            for member in warc.Walk(folder, path.name)
        )
    with opened(url) as db, db.read() as conn:
        for table in schema.metadata.tables.values():
            assert not any(SECRET in repr(tuple(row)) for row in conn.execute(select(table))), table.name
    return state(url, folder)


def expire(url: str, folder: Path) -> None:
    """Old `watch` files let go, long after the last night."""
    with (folder / "phuongchi.toml").open("a") as file:
        file.write("warc.watch_retention_days = 60\n")
    command(folder, "expire", hour=24 * 100)


def expired(url: str, folder: Path) -> Any:
    """What was begun carried out; returns what the archive holds, which files it has, and what they say without a database."""
    text = (folder / "phuongchi.toml").read_text()
    (folder / "phuongchi.toml").write_text(text.replace("warc.watch_retention_days = 60\n", ""))
    expire(url, folder)
    found = state(url, folder)
    names = [path.name for path in (folder / "warc").glob("*.warc.gz")]
    with opened(url) as db, db.read() as conn:
        table = schema.warc_file
        files = {name: kept for name, kept in conn.execute(select(table.c.name, table.c.state))}
    assert {name for name, kept in files.items() if kept == "closed"} == set(names) == set(warc.read_manifest(folder))
    entries = Counter(str(place.entry) for place in rebuild.survey(folder).places)
    return {**found, "left": entries, "gone": Counter(name for name, kept in files.items() if kept == "expired")}


def shelve(url: str, folder: Path) -> None:
    """Finished files put on a shelf."""
    shelf = folder.with_name(f"{folder.name}-shelf")
    with opened(url) as db, runs.hold(db, folder) as fence:
        shelving.put_away(db, fence, folder, str(shelf))


def shelved(url: str, folder: Path) -> Any:
    """The rest put there, too; returns what the archive holds, of which nothing is left here."""
    shelve(url, folder)
    assert list((folder / "warc").glob("*.warc.gz")) == []
    shelf = folder.with_name(f"{folder.name}-shelf")
    assert not list(shelf.glob(".*"))
    assert {path.name for path in shelf.glob("*.warc.gz")} == set(warc.read_manifest(folder))
    return state(url, folder)


def reindex(url: str, folder: Path) -> None:
    """The database made anew."""
    command(folder, "reindex", "--yes")


def reindexed(url: str, folder: Path) -> Any:
    """The database made anew, once more; returns what the archive holds, and what lies in its folder."""
    reindex(url, folder)
    return {**state(url, folder), "files": Counter(path.name for path in folder.iterdir() if path.name not in IN_USE)}


IN_USE = ("phuongchi.db-wal", "phuongchi.db-shm")
