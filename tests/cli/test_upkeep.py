"""`verify` and what else keeps an archive, on archives that were crawled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from phuongchi.config import load
from phuongchi.demo.site import Site, World
from storage import schema
from storage.engine import connect
from storage.upkeep import rebuild
from tests.cli.conftest import NOW, Archive, Done, Tripwire, phuongchi
from tests.conftest import CREATED_AT, EACH_DATABASE, new_database
from tests.upkeep.archives import damage, search_path

Serving = Callable[..., World]
pytestmark = pytest.mark.slow


def test_verify_when_a_record_is_damaged_then_exit_8_with_its_address_until_it_is_restored(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    archive.add(*serving(sites["vinh"]).urls.values())
    assert archive.run("crawl").code == 0
    well = archive.quick("verify")
    assert (well.code, well.out) == (0, "")
    assert "checked: 1 " in well.err
    assert "checked: 0 " in archive.quick("verify").err
    state = json.loads(archive.quick("search", "--json", "-n", "1").out)
    capture = json.loads(archive.quick("show", state["id"], "--json").out)["capture"]
    damage(archive.folder / "warc" / capture["warc"], capture["offset"] + 60)
    assert archive.quick("verify").code == 0  # its turn comes within thirty days
    broken = archive.quick("verify", "--all")
    assert broken.code == 8
    assert f"{capture['warc']}:{capture['offset']}  {state['url']}" in broken.out
    [found] = json.loads(archive.quick("verify", "--json").out)["damages"]
    assert (found["url"], found["offset"]) == (state["url"], capture["offset"])
    damage(archive.folder / "warc" / capture["warc"], capture["offset"] + 60)
    assert archive.quick("verify").code == 0


DERIVED = ("capture", "sighting", "pattern", "article_address", "revision", "attachment", "image", "file_text")
"""Tables that come back as they were, but for the numbers of rows."""


def nights(archive: Archive, world: World, count: int = 2) -> None:
    """Crawl the world night after night."""
    for night in range(1, count + 1):
        world.night = night
        done = archive.run("crawl", PHUONGCHI_NOW=f"2026-11-{19 + night}T22:30:00+07:00")
        assert done.code == 0, done.err


def rows(archive: Archive) -> dict[str, set[str]]:
    """What the derived tables hold."""
    url = load(archive.folder).database
    db = connect(url, readonly=True)
    try:
        with db.read() as connection:
            return {
                name: {
                    repr({column: value for column, value in row.items() if column != "id"})
                    for row in connection.execute(select(schema.metadata.tables[name])).mappings()
                }
                for name in DERIVED
            }
    finally:
        db.close()


@pytest.fixture(params=EACH_DATABASE)
def either(request: pytest.FixtureRequest, archive: Archive) -> Iterator[Archive]:
    """An empty archive on each kind of database."""
    if request.param == "sqlite":
        yield archive
        return
    with new_database(request.getfixturevalue("postgres")) as url:
        there = Archive(archive.folder.parent / "elsewhere")
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        assert there.run("init", there.folder, "--database", address).code == 0
        with (there.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
            file.write("fetch.delay = 0.0\nread.processes = 1\n")
        yield there


@pytest.mark.parametrize("either", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
def test_reindex_when_all_was_crawled_then_the_same_articles_revisions_and_captures_in_a_new_epoch(
    either: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["vinh"], sites["quangngai"])
    either.add(*world.urls.values())
    nights(either, world)
    before, tables = either.quick("export", "jsonl").out, rows(either)
    assert any(json.loads(line)["attachments"] for line in before.splitlines())
    assert any(json.loads(line)["revisions"] > 1 for line in before.splitlines())
    assert all("-keep" in json.loads(line)["capture"]["warc"] for line in before.splitlines())
    assert either.quick("reindex").code == 2  # nobody is there to be asked
    done = either.run("reindex", "--yes")
    assert done.code == 0, done.err
    assert either.quick("export", "jsonl").out == before
    for name, found in rows(either).items():
        assert found == tables[name], name
    last = json.loads((either.folder / "ledger.jsonl").read_text().splitlines()[-1])
    assert (last["what"], last["epoch"], last["why"]) == ("epoch", 2, "reindex")
    world.night = 2
    rebuild.create(load(either.folder).database, now=CREATED_AT)  # as if another one had been killed
    again = either.run("crawl", PHUONGCHI_NOW="2026-11-22T22:30:00+07:00")
    assert not rebuild.is_left(load(either.folder).database)
    assert (again.code, again.summary["run"]) == (0, 3), again.err
    assert {"new", "revised"}.isdisjoint(again.summary["verdicts"])


def test_reindex_when_the_database_is_gone_and_a_record_damaged_then_the_others_come_back_and_exit_8(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    world = serving(sites["vinh"])
    archive.add(*world.urls.values())
    nights(archive, world, 1)
    before = {line["id"]: line for line in map(json.loads, archive.quick("export", "jsonl").out.splitlines())}
    lost = next(line for line in before.values() if not line["attachments"])
    damage(archive.folder / "warc" / lost["capture"]["warc"], lost["capture"]["offset"] + 60)
    for path in archive.folder.glob("phuongchi.db*"):
        path.unlink()
    assert archive.quick("status").code == 7
    looked = archive.quick("reindex", "--dry-run")
    place = f"{lost['capture']['warc']}:{lost['capture']['offset']}"
    assert (looked.code, place in looked.out) == (8, True)
    assert archive.quick("status").code == 7
    done = archive.run("reindex", "--yes")
    assert (done.code, place in done.out) == (8, True), done.err
    after = {line["id"]: line for line in map(json.loads, archive.quick("export", "jsonl").out.splitlines())}
    assert set(before) - set(after) == {lost["id"]}
    assert not list(archive.folder.glob("*.before-reindex"))


def test_reindex_when_a_crawl_runs_then_exit_3_and_nothing_changes(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    held: list[Done] = []
    world = serving(Tripwire(sites["vinh"], at=5, act=lambda: held.append(archive.run("reindex", "--yes"))))
    archive.add(*world.urls.values())
    assert archive.run("crawl").code == 0
    assert held[0].code == 3, held[0].err
    assert archive.totals()["articles"]
    assert not list(archive.folder.glob("*.before-reindex"))


@pytest.mark.long_on_postgresql
def test_backup_when_restored_elsewhere_then_the_same_articles_and_old_cursors_are_refused(
    either: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world, to, path = serving(sites["vinh"]), tmp_path / "sao-luu", {"PATH": search_path()}
    either.add(*world.urls.values())
    nights(either, world, 1)
    exported = either.quick("export", "jsonl").out
    last = json.loads(either.quick("changes").out.splitlines()[-1])
    assert either.quick("changes", "--after", last["cursor"]).out == ""
    planned = either.quick("backup", "--to", to, "--dry-run")
    assert (planned.code, to.exists()) == (0, False), planned.err
    assert either.quick("backup", "--to", either.folder / "warc").code == 2
    done = either.run("backup", "--to", to, **path)
    assert done.code == 0, done.err
    there, database = Archive(tmp_path / "khoi-phuc"), []
    with ExitStack() as stack:
        if load(either.folder).database.startswith("postgres"):
            assert either.run("restore", there.folder, "--from", to, **path).code == 2  # its database is in use
            url = stack.enter_context(new_database(request.getfixturevalue("postgres")))
            database = ["--database", url.set(drivername="postgresql").render_as_string(hide_password=False)]
        looked = there.run("restore", there.folder, "--from", to, "--dry-run", **path)
        assert (looked.code, there.folder.exists()) == (0, False), looked.err
        back = phuongchi("restore", there.folder, "--from", to, *database, PHUONGCHI_NOW=NOW, **path)
        assert back.code == 0, back.err
        assert there.quick("export", "jsonl").out == exported
        assert there.quick("verify", "--all").code == 0
        refused = there.quick("changes", "--after", last["cursor"])
        assert refused.code == 2
        assert "Start again without a cursor" in refused.err
        told = {json.loads(line)["article"] for line in there.quick("changes").out.splitlines()}
        assert told == {json.loads(line)["id"] for line in exported.splitlines()}
        world.night = 2
        again = there.run("crawl", PHUONGCHI_NOW="2026-11-21T22:30:00+07:00")
        assert again.code == 0, again.err
        assert phuongchi("restore", there.folder, "--from", to, *database, **path).code == 2  # it is an archive already


def test_restore_when_a_file_of_the_backup_is_damaged_then_named_exit_8_and_the_rest_is_there(
    archive: Archive, serving: Serving, sites: dict[str, Site], tmp_path: Path
) -> None:
    archive.add(*serving(sites["vinh"]).urls.values())
    assert archive.run("crawl").code == 0
    assert archive.quick("backup", "--to", tmp_path / "two").code == 0
    [file] = (tmp_path / "two" / "warc").glob("*.warc.gz")
    damage(file, 5000)
    there = Archive(tmp_path / "back")
    done = phuongchi("restore", there.folder, "--from", tmp_path / "two", PHUONGCHI_NOW=NOW)
    assert (done.code, file.name in done.out) == (8, True), done.err
    assert there.quick("export", "jsonl").out == archive.quick("export", "jsonl").out
    assert "the file is missing" in there.quick("verify").out
    assert phuongchi("restore", tmp_path / "third", "--from", tmp_path / "none").code == 2
    assert phuongchi("restore", tmp_path / "third", "--from", tmp_path / "two", "--snapshot", "x").code == 2
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("")
    assert phuongchi("restore", tmp_path / "full", "--from", tmp_path / "two").code == 2
