"""`warc.remote` through the program: beside a run, by hand, and every command on an archive whose files are elsewhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from phuongchi import rebuilding, shelving
from phuongchi.archive import Archive as Opened
from phuongchi.config import load, refuse_unusable
from phuongchi.demo.site import World
from phuongchi.doctor import network
from phuongchi.logs import Mask, secrets_of
from phuongchi.runners import LocalRunner
from storage import runs, schema, warc
from storage.errors import Away, UsageError
from storage.upkeep.ledger import read
from storage.warc.shelves import MARK
from tests.cli.conftest import NOW, Archive
from tests.cli.test_service import Silent
from tests.ingest.archives import Archive as Pages
from tests.ingest.archives import path_of, story
from tests.safety.wards import Ward
from tests.upkeep import shelves as kinds
from tests.upkeep.archives import fill


def here(archive: Archive) -> list[str]:
    """Finished WARC files in the archive's folder."""
    return sorted(path.name for path in (archive.folder / "warc").glob("*.warc.gz"))


def set_shelf(archive: Archive, url: str, options: str = "") -> None:
    """Write it into the configuration."""
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write(f'warc.remote = "{url}"\nwarc.remote_file = "{options}"\n')


def filled(archive: Archive) -> Opened:
    """The archive with one finished file."""
    found = Opened.find(archive.folder, {"PHUONGCHI_NOW": NOW}, Path.cwd())
    db = found.connect()
    fill(db, archive.folder)
    db.close()
    return found


def test_shelve_when_set_then_files_go_and_come_back_when_not(archive: Archive) -> None:
    assert archive.quick("shelve").code == 2
    set_shelf(archive, "../chung")
    filled(archive)
    names = here(archive)
    assert "1 tệp | files" in archive.quick("shelve", "--dry-run").err
    assert archive.quick("shelve").code == 0
    assert here(archive) == []
    assert archive.quick("verify", "--all").code == 0
    assert "1 WARC files" in network.shelf(Opened.find(archive.folder, {}, Path.cwd())).en
    assert archive.quick("shelve", "--back").code == 2
    text = (archive.folder / "phuongchi.toml").read_text("utf-8")
    (archive.folder / "phuongchi.toml").write_text(text.replace('warc.remote = "../chung"\n', ""), encoding="utf-8")
    assert archive.quick("shelve", "--back").code == 0
    assert here(archive) == names
    assert list((archive.folder.parent / "chung").glob("*.warc.gz")) == []


def test_restore_when_files_are_elsewhere_then_all_are_in_its_folder_and_the_shelf_is_not_its_own(
    archive: Archive, tmp_path: Path
) -> None:
    set_shelf(archive, "../chung")
    filled(archive)
    names = here(archive)
    assert archive.quick("shelve").code == 0
    assert archive.quick("backup", "--to", tmp_path / "sao-luu").code == 0
    other = Archive(tmp_path / "kho-moi")
    assert archive.quick("restore", other.folder, "--from", tmp_path / "sao-luu").code == 0
    assert (here(other), load(other.folder).warc.remote) == (names, "")
    assert other.quick("verify", "--all").code == 0


def test_log_when_keys_of_a_shelf_are_set_then_they_are_masked(archive: Archive) -> None:
    set_shelf(archive, "s3://kho/warc", "s3.env")
    (archive.folder / "s3.env").write_text(
        "# khóa\nAWS_ENDPOINT_URL=https://s3.vn\nexport AWS_SECRET_ACCESS_KEY='bi-mat-1'\n"
    )
    secrets = secrets_of(load(archive.folder), {"AWS_SECRET_ACCESS_KEY": "bi-mat-2", "AWS_SESSION_TOKEN": "bi-mat-3"})
    assert Mask(secrets)("bi-mat-1 bi-mat-2 bi-mat-3 https://s3.vn") == "*** *** *** https://s3.vn"
    with pytest.raises(UsageError, match="keys stand in"):
        refuse_unusable({"warc.remote": "s3://khoa:bi-mat@kho/warc"})


def test_run_when_it_ends_then_its_files_are_on_the_shelf_unless_that_is_away(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    set_shelf(archive, "../chung")
    opened = filled(archive)
    names, db = here(archive), opened.connect()

    async def run(stopped: bool) -> None:
        with runs.hold(db, archive.folder) as fence:
            async with shelving.beside(opened, db, fence, stopping=lambda: stopped):
                pass

    asyncio.run(run(stopped=True))
    assert here(archive) == names
    (archive.folder.parent / "chung").write_text("no folder")
    asyncio.run(run(stopped=False))
    assert here(archive) == names
    assert "WARC files stay here for now" in caplog.text
    (archive.folder.parent / "chung").unlink()
    with db.write() as conn:
        conn.execute(update(schema.capture).values(unread=True))
    asyncio.run(run(stopped=False))
    assert here(archive) == names  # readers need it
    with db.write() as conn:
        conn.execute(update(schema.capture).values(unread=False))
    asyncio.run(run(stopped=False))
    assert here(archive) == []
    db.close()


def test_reading_when_what_shall_be_kept_is_away_then_it_ends_well_and_the_next_one_keeps_it(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    opened = Opened.find(archive.folder, {"PHUONGCHI_NOW": NOW}, Path.cwd())
    db, shelf = opened.connect(), archive.folder / "chung"
    pages = Pages(db, archive.folder)
    pages.writer.close()
    pages.writer = warc.WarcWriter(archive.folder, series="watch", run=2, archive="t", software="t", opened_at=pages.at)
    change = pages.put(path_of(1), story(1))
    assert pages.read() == {"new": 1}
    pages.writer.close()
    shelf.mkdir()
    (shelf / MARK).write_text("t\n")
    (archive.folder / "warc" / change.record.file).rename(shelf / change.record.file)
    warc.places.note_shelf(archive.folder, str(shelf))

    def series() -> str:
        asyncio.run(LocalRunner(opened, Silent()).read(()))
        with db.read() as conn:
            return str(conn.execute(select(schema.capture.c.series)).scalar_one())

    shelf.rename(archive.folder / "gone")
    assert series() == "watch"
    assert "kept by the next run" in caplog.text
    (archive.folder / "gone").rename(shelf)
    assert series() == "keep"
    db.close()


def test_reindex_when_the_shelf_goes_away_while_it_reads_then_away_and_the_archive_is_as_it_was(
    archive: Archive,
) -> None:
    opened, shelf = filled(archive), archive.folder / "chung"
    shelf.mkdir()
    (shelf / MARK).write_text("t\n")
    for path in (archive.folder / "warc").glob("*.warc.gz"):
        path.rename(shelf / path.name)
    warc.places.note_shelf(archive.folder, str(shelf))

    def pull(line: str) -> None:
        if line.startswith("Phiên"):  # the answers were stored, and readers begin
            shelf.rename(archive.folder / "gone")

    with pytest.raises(Away, match="the archive is as it was"):
        rebuilding.rebuild(opened, say=pull)
    (archive.folder / "gone").rename(shelf)
    made = rebuilding.rebuild(opened, say=lambda line: None)
    assert (made.captures, sum(made.verdicts.values())) == (3, 3)


@pytest.fixture(params=["folder", "s3"])
def remote(request: pytest.FixtureRequest, archive: Archive) -> Iterator[Archive]:
    """An archive with a new shelf."""
    if request.param == "folder":
        set_shelf(archive, "../chung")
        yield archive
        return
    python = kinds.python_with_moto()
    if not python:
        pytest.skip(f"no S3 server, see {kinds.VARIABLE} in tests/upkeep/shelves.py")
    with kinds.s3_server(python) as server:
        set_shelf(archive, *kinds.address("s3", archive.folder, server))
        yield archive


@pytest.mark.long
def test_commands_when_all_files_are_elsewhere_then_do_as_if_they_were_here(
    remote: Archive, serving: Callable[..., World], tmp_path: Path
) -> None:
    world = serving(Ward("mot"), Ward("hai"))
    remote.add(*world.urls.values())
    done = remote.run("crawl")
    assert (done.code, here(remote)) == (0, []), done.err
    assert warc.finished(remote.folder)
    assert kinds.SECRET not in done.out + done.err
    article = json.loads(remote.run("search", "phường", "--json", "-n", 1).out.splitlines()[0])["id"]
    assert b"<html" in remote.run("show", article, "--raw").out.encode().lower()
    assert remote.run("verify", "--all").code == 0
    assert remote.run("ingest", "--reprocess").code == 0
    wacz = tmp_path / "a.wacz"
    assert remote.run("export", "wacz", "-o", wacz).code == 0
    assert wacz.stat().st_size > 10_000
    world.night = 2
    second = remote.run("crawl", PHUONGCHI_NOW="2026-11-25T22:30:00+07:00")
    assert (second.code, here(remote)) == (0, []), second.err
    backup = tmp_path / "sao-luu"
    assert remote.run("backup", "--to", backup).code == 0
    assert sorted(path.name for path in (backup / "warc").glob("*.warc.gz")) == warc.finished(remote.folder)
    assert remote.run("redact", "--article", article, "--reason", "thử", "--yes").code == 0
    assert (here(remote), any(one.what == "redacted" for one in read(remote.folder))) == ([], True)
    assert remote.run("verify", "--all").code == 0
    assert remote.run("reindex", "--yes").code == 0
    assert remote.run("verify", "--all").code == 0
