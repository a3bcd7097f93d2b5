"""The client against a live server: while somebody writes, while it is killed, while the server has no room."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import polars
import pytest
from sqlalchemy import update

from access.api.problems import Problem
from phuongchi.client import Change, Client, NotFound, OldCursor, Refused, Unavailable, read_cursor
from storage import reader, schema
from tests.access.conftest import Shelf
from tests.access.served import URL, Library, Server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def client(shelf: Shelf) -> Iterator[Client]:
    with Client(shelf.server.base) as made:
        yield made


def stored(server: Server) -> dict[str, Any]:
    """Every article as the archive has it, by id."""
    with Client(server.base) as client:
        return {article["id"]: article for article in client.articles(hidden=True, order="entry", page_size=2)}


def test_client_when_imported_then_nothing_else_of_ours_and_nothing_heavy() -> None:
    code = "import sys, phuongchi.client; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = done.stdout.split()
    ours = ("access", "crawler", "monitoring", "phuongchi", "spiders", "storage")
    assert [name for name in loaded if name.partition(".")[0] in ours] == ["phuongchi", "phuongchi.client"]
    assert not {"pandas", "polars", "sqlalchemy", "fastapi"} & set(loaded)


@pytest.mark.slow
def test_client_when_asked_then_what_the_api_has(client: Client, shelf: Shelf) -> None:
    name = shelf.ids["Lễ hội đền Hùng"]
    assert [one["title"] for one in client.articles(page_size=1, fields=["title"], q="thong bao", removed=False)] == [
        "Thông báo số 2", "Thông báo số 1",
    ]  # fmt: skip
    assert client.article(name)["revision"] == 2
    assert client.article(name, revision=1)["title"] == "Lễ hội đền Hùng"
    assert [line["number"] for line in client.revisions(name)] == [1, 2]
    assert [field["field"] for field in client.diff(name, 1, 2)["fields"]] == ["title"]
    assert [one["id"] for one in client.lookup(f"{URL}tin-tuc/0.html?utm_source=x")] == [name]
    [first, _] = client.captures(url=f"{URL}tin-tuc/0.html", page_size=1)
    assert client.body(first["id"]).startswith(b"<h1>")
    assert [portal["province"] for portal in client.portals()] == ["Nghệ An", "Huế"]
    assert (list(client.clusters()), list(client.runs())) == ([], [])
    with pytest.raises(NotFound, match="there is no article"):
        client.article("a" * 17)
    with pytest.raises(Refused, match="no such field"):
        list(client.articles(fields=["nothing"]))


def test_tables_when_made_then_a_row_an_article_and_times_are_times(client: Client) -> None:
    table = client.to_pandas()
    assert list(table["title"]) == [one["title"] for one in client.articles()]
    assert str(table["first_seen"].dtype).startswith("datetime64") and isinstance(table, pandas.DataFrame)
    same = client.to_polars()
    assert same["title"].to_list() == list(table["title"])
    assert same.schema["first_seen"] == polars.Datetime("us", "UTC")
    assert same["paragraphs"][0].to_list() == table["paragraphs"][0]


def test_client_when_the_server_has_no_room_then_it_comes_again_and_at_last_gives_up(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("phuongchi.client._pause", lambda number, asked: pauses.append(asked) or 0.0)
    refusals = [Problem("busy", "full")] * 2
    real = reader.about

    def sometimes(db: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return real(db)

    monkeypatch.setattr("access.api.description.reader.about", sometimes)
    with Client(shelf.server.base) as client:
        assert client.about()["epoch"] == 1
        assert pauses == [2.0, 2.0]
        refusals[:] = [Problem("busy", "full")] * 9
        with pytest.raises(Unavailable, match="503"):
            client.about()
    with Client("http://127.0.0.1:1", tries=2) as nobody, pytest.raises(Unavailable):
        nobody.about()


def write(library: Library, count: int) -> None:
    """What a night brings: new articles, edits, some that are hidden and shown again."""
    for number in range(count):
        name = library.article(f"Tin đêm {number}")
        if number % 3 == 0:
            library.revise(name, title=f"Tin đêm {number} sửa")
        if number % 4 == 0:
            library.set_visibility(name, "withheld")
        if number % 8 == 0:
            library.set_visibility(name, "public", "released")


def apply(copy: dict[str, Any], batch: list[Change]) -> None:
    copy.update({change.article: change.object for change in batch})


@pytest.mark.slow
def test_follower_when_it_follows_a_writer_then_its_copy_is_the_archive(own_shelf: Shelf, tmp_path: Path) -> None:
    copy: dict[str, Any] = {}
    written = threading.Event()

    def night() -> None:
        try:
            write(own_shelf.library, 17)
        finally:
            written.set()

    writer = threading.Thread(target=night)
    with Client(own_shelf.server.base) as client:
        writer.start()
        for batch in client.follow(tmp_path / "cursor", wait=1, stop=written):
            apply(copy, batch)
        writer.join()
        for batch in client.follow(tmp_path / "cursor", until_current=True):
            apply(copy, batch)
        assert copy == stored(own_shelf.server)
        assert list(client.follow(tmp_path / "cursor", until_current=True)) == []
        for start in range(0, 20, 7):  # replay from any place is the archive, too
            early, _ = client.changes(limit=start or 1)
            again: dict[str, Any] = {change.article: change.object for change in early}
            (tmp_path / "other").write_text(early[-1].cursor)
            for batch in client.follow(tmp_path / "other", until_current=True):
                apply(again, batch)
            assert again == copy


KILLED = """
import json, os, sys
from phuongchi.client import Client
url, folder, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Client(url) as client:
    for number, batch in enumerate(client.follow(f"{folder}/cursor", until_current=True), 1):
        with open(f"{folder}/log", "a") as log:
            for change in batch:
                log.write(json.dumps([change.cursor, change.article, change.object]) + chr(10))
        if number == most:
            os._exit(9)
"""


@pytest.mark.slow
def test_follower_when_killed_amid_a_batch_then_the_next_misses_nothing(
    own_shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(own_shelf.library, 9)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    code = KILLED.replace("until_current=True", "until_current=True, limit=3")
    codes = []
    for most in (1, 2, 1, 99):
        command = [sys.executable, "-c", code, own_shelf.server.base, str(tmp_path), str(most)]
        codes.append(subprocess.run(command, check=False, cwd=tmp_path).returncode)
    assert codes == [9, 9, 9, 0]
    told = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    cursors = [cursor for cursor, _, _ in told]
    with Client(own_shelf.server.base) as client:
        every, last = client.changes()
    assert sorted(set(cursors), key=lambda one: int(one.rpartition(".")[2])) == [change.cursor for change in every]
    assert len(cursors) > len(set(cursors)), "a batch that was not acknowledged comes again"
    assert {name: article for _, name, article in told} == stored(own_shelf.server)
    assert read_cursor(tmp_path / "cursor") == last


def test_follower_when_the_epoch_is_another_then_it_says_so_or_begins_again(own_shelf: Shelf, tmp_path: Path) -> None:
    own_shelf.library.article("Tin")
    with Client(own_shelf.server.base) as client:
        list(client.follow(tmp_path / "cursor", until_current=True))
        with own_shelf.library.db.write() as connection:
            connection.execute(update(schema.archive).values(epoch=2))
        with pytest.raises(OldCursor, match="Start again without a cursor"):
            list(client.follow(tmp_path / "cursor", until_current=True))
        copy: dict[str, Any] = {"gone": None}
        for batch in client.follow(tmp_path / "cursor", until_current=True, resync=lambda _: copy.clear()):
            apply(copy, batch)
    assert copy == stored(own_shelf.server)
