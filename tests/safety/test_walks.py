"""Killed, full or busy at any point: the same command goes on, and the archive is the one that nobody hurt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from phuongchi.demo.site import World
from storage.points import POINTS, Fault
from tests.importing.foreign import Answer, write
from tests.ingest.archives import story
from tests.safety import wards
from tests.safety.conftest import Archives
from tests.safety.forks import Forks
from tests.safety.walking import Walk, is_postgres

FAULTS: tuple[Fault, ...] = ("kill", "full", "busy")
SECOND = 2
"""The night of the walks: pages are asked again, one is edited, one gone, one new."""

TRANSACTION = {"database.begun", "database.commit", "database.committed"}
CRAWL = TRANSACTION | {
    "warc.made", "warc.write", "warc.torn", "warc.written", "warc.sync", "warc.synced", "warc.close", "warc.renamed",
    "warc.listed", "lease.taken", "lease.release", "run.begun", "run.end", "visit.begin", "visit.begun", "visit.end",
    "fetch.request", "fetch.answer", "fetch.hop", "fetch.robots", "fetch.captures", "fetch.outcomes", "fetch.links",
}  # fmt: skip
READ = TRANSACTION | {
    "lease.taken", "lease.release", "read.slice", "read.numbers", "store.article", "store.revision", "store.current",
    "store.removed", "store.noted", "feed.numbered", "feed.appended", "template.stored", "file.read", "file.stored",
    "cluster.placed", "cluster.advanced", "warc.made", "warc.write", "warc.torn", "warc.sync", "warc.synced", "warc.copied",
    "warc.close", "warc.renamed", "warc.listed",
}  # fmt: skip
BACKUP = TRANSACTION | {
    "lease.taken", "lease.release", "backup.copy", "backup.listed", "backup.snapshot", "backup.ready", "backup.named",
    "backup.rotated",
}  # fmt: skip
RESTORE = {"backup.copy", "backup.listed", "ledger.write", "ledger.torn", "ledger.written", "restore.files", "restore.database",
           "restore.configured"}  # fmt: skip
VERIFY = TRANSACTION | {"verify.checked", "verify.noted"}
EXPORT = {"export.written", "export.replaced"}
REINDEX = TRANSACTION | {
    "lease.taken", "lease.release", "ledger.write", "ledger.torn", "ledger.written", "reindex.created", "reindex.described",
    "reindex.replayed", "reindex.read", "reindex.replace", "reindex.folded", "reindex.linked", "reindex.replaced",
}  # fmt: skip
REPAIR = {"warc.cut"}
IMPORT = {"import.written", "import.adopted", "import.end"}
SHELVE = {"shelf.put", "shelf.there", "shelf.compared", "shelf.dropped"}
EXPIRE = {"expire.kept", "expire.decided", "expire.noted", "expire.listed", "expire.unlinked"}
REDACT = {"redact.ruled", "redact.drafted", "redact.promised", "redact.replaced", "redact.stored", "redact.cleaned"}


@pytest.fixture
def crawling(archives: Archives, forks: Forks, world: World, tmp_path: Path) -> Walk:
    """A visit of the first ward, then everything read."""
    world.night = SECOND
    arguments = (archives.urls[:1], SECOND)
    return Walk(forks, archives.night, tmp_path, (wards.crawl, arguments), (wards.crawl_and_read, arguments))


@pytest.fixture
def repairing(crawling: Walk) -> Walk:
    """The same visit, behind one that was killed amid a record."""
    return replace(crawling, before=(wards.crawl_torn, crawling.begun[1]))


@pytest.fixture
def reading(archives: Archives, forks: Forks, tmp_path: Path) -> Walk:
    """Both wards read."""
    return Walk(forks, archives.unread, tmp_path, (wards.read, (archives.urls,)), (wards.read_all, (archives.urls,)))


@pytest.fixture
def backing_up(archives: Archives, forks: Forks, tmp_path: Path) -> Walk:
    """Two backups, then two more and an archive made of the last."""
    on_sqlite(archives, "a PostgreSQL database is brought back into another one: tests/cli/test_upkeep.py")
    return Walk(forks, archives.whole, tmp_path, (wards.back_up, (0,)), (wards.back_up_and_restore, ()))


def on_sqlite(archives: Archives, why: str) -> None:
    """Leave a test out on PostgreSQL."""
    if is_postgres(make_url(archives.empty.url)):
        pytest.skip(why)


def within(where: set[str], fault: Fault) -> set[str]:
    """Those of the points at which the fault can happen."""
    return {name for name in where if fault in POINTS[name].faults}


def test_points_when_counted_then_each_is_walked() -> None:
    walked = CRAWL | READ | BACKUP | RESTORE | VERIFY | EXPORT | REINDEX | REPAIR | IMPORT | REDACT | EXPIRE | SHELVE
    assert walked == set(POINTS)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_crawl_when_hurt_once_at_each_point_then_the_next_one_completes_it(crawling: Walk, fault: Fault) -> None:
    assert crawling.each_point(fault) >= within(CRAWL, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_read_when_hurt_once_at_each_point_then_the_next_one_completes_it(reading: Walk, fault: Fault) -> None:
    assert reading.each_point(fault) >= within(READ, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_backup_when_hurt_once_at_each_point_then_the_next_one_is_whole(backing_up: Walk, fault: Fault) -> None:
    assert backing_up.each_point(fault) >= within(BACKUP, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_verify_when_hurt_once_at_each_point_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    walk = Walk(forks, archives.night, tmp_path, (wards.verify, ()), (wards.verify_all, ()))
    assert walk.each_point(fault) >= within(VERIFY, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_export_when_hurt_once_at_each_point_then_the_next_one_is_whole(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    walk = Walk(forks, archives.whole, tmp_path, (wards.export, ()), (wards.export, ()))
    assert walk.each_point(fault) >= within(EXPORT, fault)


@pytest.mark.slow
def test_reindex_when_killed_at_some_points_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path
) -> None:
    on_sqlite(archives, "on PostgreSQL by the whole walk alone: it takes a minute")
    walk = Walk(forks, archives.night, tmp_path, (wards.reindex, ()), (wards.reindexed, ()))
    names = {"reindex.described", "reindex.read", "reindex.linked", "reindex.replaced"}
    assert walk.each_point("kill", names=names) == names  # the others by the whole walk: each takes two databases anew


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_restore_when_hurt_once_at_each_point_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    on_sqlite(archives, "a PostgreSQL database is brought back into another one: tests/cli/test_upkeep.py")
    walk = Walk(
        forks, archives.night, tmp_path, (wards.restore, ()), (wards.brought_back, ()), before=(wards.back_up, (0,))
    )
    assert walk.each_point(fault) >= within(RESTORE, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_import_when_hurt_once_at_each_point_then_the_next_one_completes_it_and_nothing_is_doubled(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    on_sqlite(archives, "rows and records are written alike on both")
    old = [
        Answer(f"{archives.urls[0]}tin-cu/{number}.html", wards.FIRST - timedelta(days=number), story(number))
        for number in (31, 32, 33)
    ]
    source = write(tmp_path / "cu.warc.gz", old)
    arguments = (archives.urls[0], source)
    walk = Walk(forks, archives.empty, tmp_path, (wards.bring_in, arguments), (wards.brought_in, arguments))
    names = {"import.written", "import.end", "warc.torn", "warc.synced", "warc.close", "warc.renamed"}
    assert walk.each_point(fault, names=names) == within(names, fault)
    before = replace(walk, before=(wards.bring_in_halfway, arguments))
    if fault == "kill":
        assert before.each_point(fault, names={"import.adopted"}) == {"import.adopted"}


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_expire_when_hurt_once_at_each_point_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    walk = Walk(forks, archives.whole, tmp_path, (wards.expire, ()), (wards.expired, ()))
    names = EXPIRE | {"ledger.torn", "warc.copied"}
    first, found = walk.unhurt()
    assert found["gone"]
    assert walk.each_point(fault, names=names) == within(names & set(first.passes), fault) >= within(EXPIRE, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_files_when_their_way_to_a_shelf_is_cut_short_at_each_point_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    on_sqlite(archives, "files go their way alike beside both")
    walk = Walk(forks, archives.night, tmp_path, (wards.shelve, ()), (wards.shelved, ()))
    assert walk.each_point(fault, names=SHELVE) == within(SHELVE, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_redact_when_hurt_once_at_each_point_then_the_next_one_completes_it(
    archives: Archives, forks: Forks, tmp_path: Path, fault: Fault
) -> None:
    on_sqlite(archives, "files are masked alike beside both: tests/cli/test_redact.py")
    walk = Walk(forks, archives.whole, tmp_path, (wards.redact, ()), (wards.redacted, ()))
    assert walk.each_point(fault, names=REDACT | {"ledger.torn"}) == within(REDACT | {"ledger.torn"}, fault)


@pytest.mark.slow
def test_crawl_when_killed_in_the_repair_of_a_killed_one_then_the_third_completes_it(repairing: Walk) -> None:
    assert repairing.each_point("kill", names=REPAIR | {"warc.close", "warc.renamed", "warc.listed"}) >= REPAIR
