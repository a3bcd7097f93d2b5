"""WARC files on a shelf: they go when it has them byte for byte, and everything that reads finds them there."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from phuongchi.settings import SETTINGS
from storage import reader, runs, schema, warc
from storage.engine import Database, connect
from storage.errors import Away, FixityError, Held, UsageError
from storage.records import Capture
from storage.redaction import files, making, rows, veil
from storage.redaction.records import FileText
from storage.upkeep import backup, fixity, rebuild, shelving
from storage.upkeep.shelving import Shelved
from storage.warc import places, shelves
from storage.warc.shelves import MARK
from tests.storage.warcs import NOW
from tests.upkeep import shelves as kinds
from tests.upkeep.archives import damage, fill


@dataclass
class Shelf:
    """An archive with two finished files and one that is open, and a new shelf for it."""

    db: Database
    folder: Path
    url: str
    options: str
    captures: list[Capture]

    def put_away(
        self,
        stopping: Callable[[], bool] = lambda: False,
        *,
        progress: Callable[[str], None] = len,
        read_only: bool = False,
    ) -> Shelved:
        """Put away what is finished; with `read_only` as a run does."""
        with runs.hold(self.db, self.folder) as fence:
            return shelving.put_away(
                self.db, fence, self.folder, self.url,
                options=self.options, stopping=stopping, progress=progress, read_only=read_only,
            )  # fmt: skip

    def here(self) -> list[str]:
        """Finished files in the folder."""
        return sorted(path.name for path in (self.folder / "warc").glob("*.warc.gz"))

    def whole(self) -> None:
        """Fail unless every capture is read as it was written, every check finds no damage, and nothing is missing."""
        for capture in self.captures:
            assert warc.read_payload(self.folder, capture.record).body.startswith(b"<p>%d</p>" % capture.entry)
        assert [fixity.check(self.db, self.folder, one) for one in fixity.due(self.db, now=NOW)] == [[], []]
        assert fixity.presence(self.db, self.folder) == fixity.Presence((), (), (), ())


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks S3."""
    python = kinds.python_with_moto()
    if not python:
        pytest.skip(
            f"no S3 server: python -m venv X && X/bin/pip install 'moto[server]', then {kinds.VARIABLE}=X/bin/python"
        )
    with kinds.s3_server(python) as address:
        yield address


@pytest.fixture(params=["folder", "memory", pytest.param("s3", marks=pytest.mark.long)])
def shelf(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> Iterator[Shelf]:
    """See `Shelf`; on each kind of shelf."""
    server = request.getfixturevalue("s3") if request.param == "s3" else ""
    yield from _shelf(sqlite_url, tmp_path, *kinds.address(request.param, tmp_path, server))


@pytest.fixture
def shared(sqlite_url: str, tmp_path: Path) -> Iterator[Shelf]:
    """See `Shelf`; its shelf is a folder."""
    yield from _shelf(sqlite_url, tmp_path, *kinds.address("folder", tmp_path))


def _shelf(url: str, folder: Path, address: str, options: str) -> Iterator[Shelf]:
    db = connect(url)
    yield Shelf(db, folder, address, options, [*fill(db, folder), *fill(db, folder, run=2)])
    db.close()


def test_files_when_put_away_then_gone_from_here_and_read_checked_listed_and_kept_from_there(
    shelf: Shelf, tmp_path: Path
) -> None:
    names, before = shelf.here(), rebuild.survey(shelf.folder)
    spans = {name: b"".join(warc.read_spans(shelf.folder, name, [(0, 10**9)])) for name in names}
    assert shelf.put_away() == Shelved(tuple(names), sum(map(len, spans.values())), ())
    assert shelf.here() == []
    shelf.whole()
    assert rebuild.survey(shelf.folder) == before
    assert {name: b"".join(warc.read_spans(shelf.folder, name, [(0, 10**9)])) for name in names} == spans
    copied, _, damaged = backup.copy_files(shelf.folder, tmp_path / "b", reader.finished_files(shelf.db), progress=len)
    assert (copied, damaged) == (names, [])
    assert shelf.put_away() == shelving.NOTHING


def test_file_when_read_there_in_its_order_then_in_large_pieces_and_never_past_its_end(shelf: Shelf) -> None:
    (name, _), record = shelf.here(), shelf.captures[0].record
    data = (shelf.folder / "warc" / name).read_bytes()
    shelf.put_away()
    with places.opened(shelf.folder, name) as file:
        assert [file.read(100, 0), file.read(100, 100), file.read(50, 30)] == [data[:100], data[100:200], data[30:80]]
        assert file.read(10**6, record.offset) == data[record.offset :]
        assert file.read(10, len(data)) == b""


def test_file_when_masked_then_brought_back_and_the_shelf_has_the_masked_one(shelf: Shelf) -> None:
    shelf.put_away()
    hidden = veil.made(bytes(32), (making.of_string(bytes(32), "0912 345 678", reason="-", who="-", at=NOW),))
    found = files.search(shelf.folder, hidden, entries={shelf.captures[1].entry: FileText("", 0)})
    [done] = files.replace(shelf.folder, found, reason="theo yêu cầu", at="2026-11-21T01:00:00Z")
    assert shelf.here() == [done.name]
    with runs.hold(shelf.db, shelf.folder) as fence:
        rows.follow(shelf.db, fence, shelf.folder, [done])
    assert shelf.put_away().names == (done.name,)
    [there] = places.shelves_of(shelf.folder)
    size = there.size(done.name)
    assert size is not None
    (shelf.folder / "warc" / done.name).write_bytes(there.read(done.name, 0, size))
    assert warc.file_digest(shelf.folder, done.name)[1] == done.after
    assert [warc.read_payload(shelf.folder, one.record).body == b"" for one in shelf.captures[:3]] == [
        False,
        True,
        False,
    ]


def test_files_when_stopped_or_expired_then_the_rest_stays_or_is_nowhere(shelf: Shelf) -> None:
    asked: list[int] = []
    names = shelf.here()
    stopped = shelf.put_away(lambda: bool(asked) or asked.append(1) is not None)  # at its second look
    assert (stopped.names, shelf.here()) == ((), names)  # the first is on its shelf, but nobody dropped it here
    shelf.put_away()
    places.remove(shelf.folder, names[0])
    assert warc.finished(shelf.folder) == names[1:]
    with pytest.raises(FixityError, match="is missing"):
        warc.read_payload(shelf.folder, shelf.captures[0].record)


def test_file_when_the_shelf_gives_back_other_bytes_then_it_stays_here(shared: Shelf) -> None:
    shared.url = kinds.address("forgetful", shared.folder)[0]
    names = shared.here()
    with pytest.raises(FixityError, match="does not give back"):
        shared.put_away()
    assert shared.here() == names
    shared.whole()


def test_file_when_damaged_here_then_it_never_goes_and_one_of_that_name_there_is_replaced(shared: Shelf) -> None:
    first, second = shared.here()
    damage(shared.folder / "warc" / first, 300)
    there = Path(shared.url)
    there.mkdir()
    (there / second).write_bytes(bytes((shared.folder / "warc" / second).stat().st_size))
    done = shared.put_away()
    assert (done.names, done.damaged, shared.here()) == ((second,), (first,), [first])
    assert warc.read_payload(shared.folder, shared.captures[3].record).status == 200


def test_shelf_when_not_mounted_then_away_and_no_file_counts_as_lost(shared: Shelf) -> None:
    shared.put_away()
    there = Path(shared.url)
    there.rename(there.with_name("unmounted"))
    for act in (
        lambda: warc.read_payload(shared.folder, shared.captures[0].record),
        lambda: fixity.presence(shared.db, shared.folder),
        lambda: places.brought_back(shared.folder, "x.warc.gz"),
    ):
        with pytest.raises(Away, match="is it mounted"):
            act()
    fill(shared.db, shared.folder, run=3)
    with pytest.raises(Away, match="mounted"):
        shared.put_away()
    assert len(shared.here()) == 1


def test_shelf_when_another_archive_has_it_then_refused(shared: Shelf) -> None:
    Path(shared.url).mkdir()
    (Path(shared.url) / MARK).write_text("other\n")
    with pytest.raises(UsageError, match="another archive"):
        shared.put_away()
    assert len(shared.here()) == 2


def test_files_when_no_shelf_is_wanted_any_more_then_what_was_brought_back_is_taken_from_it(shared: Shelf) -> None:
    shared.put_away()
    shutil.copy(shared.folder / "warc" / places.SHELVES, shared.folder / "s.json")
    name = warc.finished(shared.folder)[0]
    places.brought_back(shared.folder, name)
    assert shelving.keep_here(shared.folder) == [name]
    assert sorted(path.name for path in Path(shared.url).glob("*.warc.gz")) == warc.finished(shared.folder)[1:]
    shared.whole()


def test_file_when_its_shelf_goes_by_two_names_then_it_is_there_when_it_is_dropped_here(shared: Shelf) -> None:
    Path(shared.url).mkdir()
    other = shared.folder / "by-another-way"
    other.symlink_to(shared.url)
    places.note_shelf(shared.folder, str(other))
    assert len(shared.put_away().names) == 2
    shared.whole()


@pytest.mark.parametrize("moment", ["before it is read", "while it is sent", "before it is dropped"])
def test_file_when_masked_while_it_goes_then_the_masked_one_stays_and_goes_next(
    shared: Shelf, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = shared.here()
    found, done = _hidden(shared, first), list[files.Replaced]()

    def masks(when: str) -> None:
        if when == moment and not done:
            done.extend(files.replace(shared.folder, found, reason="-", at="2026-11-22T01:00:00Z"))

    looks = list[int]()

    def second_look() -> bool:  # the shelf has the first file, nobody has dropped it here
        looks.append(1)
        if len(looks) == 2:
            masks("before it is dropped")
        return False

    shared.url = kinds.address("meddled", shared.folder)[0]
    monkeypatch.setattr(kinds.Meddled, "meddle", lambda: masks("while it is sent"))
    away = shared.put_away(second_look, progress=lambda name: masks("before it is read"))
    assert (away.names, away.damaged) == ((second,), ())
    assert warc.file_digest(shared.folder, first)[1] == done[0].after
    with runs.hold(shared.db, shared.folder) as fence:
        rows.follow(shared.db, fence, shared.folder, done)
    assert shared.put_away().names == (first,)
    assert warc.read_payload(shared.folder, shared.captures[1].record).body == b""


def test_files_when_somebody_masks_or_drops_others_then_one_steps_aside_and_the_other_waits(
    shared: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = shared.here()
    found = _hidden(shared, names[0])
    monkeypatch.setattr(files, "PATIENCE", 0.01)
    with places.moving(shared.folder) as ours:
        assert ours and shared.put_away() == Shelved((), 0, ())
        with pytest.raises(Held, match="moves or masks"):
            files.replace(shared.folder, found, reason="-", at="2026-11-22T01:00:00Z")
    shared.whole()
    assert shared.put_away().names == tuple(names)


def _hidden(shelf: Shelf, name: str) -> files.Found:
    """The second capture, to be taken out of this file."""
    hidden = veil.made(bytes(32), (making.of_string(bytes(32), "0912 345 678", reason="-", who="-", at=NOW),))
    return files.search(
        shelf.folder, hidden, entries={shelf.captures[1].entry: FileText("", 0)}, names=frozenset({name})
    )


def test_shelf_when_its_mark_is_gone_then_away_and_nothing_is_listed(shelf: Shelf) -> None:
    shelf.put_away()
    [there] = places.shelves_of(shelf.folder)
    there.remove(MARK)
    with pytest.raises(Away, match=MARK):
        warc.finished(shelf.folder)


def test_file_when_its_folder_is_not_mounted_then_it_does_not_count_as_taken_away(shared: Shelf) -> None:
    name = shared.here()[0]
    shared.put_away()
    there = Path(shared.url)
    there.rename(there.with_name("unmounted"))
    there.mkdir()
    with pytest.raises(Away, match="is it mounted"):
        places.remove(shared.folder, name)


def test_files_when_not_read_yet_then_a_run_leaves_them_here_unless_a_shelf_has_them(shared: Shelf) -> None:
    first, second = shared.here()

    def marked(name: str) -> None:
        capture = schema.capture
        with shared.db.write() as conn:
            conn.execute(update(capture).values(unread=False))
            conn.execute(update(capture).where(capture.c.file == name).values(unread=True))

    marked(first)
    assert (shared.put_away(read_only=True).names, shared.here()) == ((second,), [first])
    marked(second)
    places.brought_back(shared.folder, second)  # as to be masked: what the shelf has must not stay there
    assert (shared.put_away(read_only=True).names, shared.here()) == ((first, second), [])


def test_file_when_another_process_replaced_it_on_the_shelf_then_read_to_its_new_end(shared: Shelf) -> None:
    shared.url = kinds.address("strict", shared.folder)[0]
    name = shared.here()[0]
    data = (shared.folder / "warc" / name).read_bytes()
    shared.put_away()
    files, place = kinds.Strict(), f"{shared.url}/{name}"
    with places.opened(shared.folder, name) as file:
        assert file.read(10, 0) == data[:10]
    files.pipe_file(place, data + b"more")
    with places.opened(shared.folder, name) as file:
        assert file.read(24, len(data) - 20) == data[-20:] + b"more"
    files.pipe_file(place, data[:100])
    with places.opened(shared.folder, name) as file:
        assert file.read(10, 100) == b""
        assert file.read(10, 90) == data[90:100]


def test_shelf_when_it_kept_somebody_waiting_then_it_is_not_asked_again_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    shelf = shelves.RemoteShelf("strict://cham/warc", {}, clock=lambda: now[0])
    shelf.write(MARK, b"x")
    monkeypatch.setattr(kinds.Strict, "waits", lambda: now.append(now.pop() + 45))
    monkeypatch.setattr(kinds.Strict, "silent", True)
    for _ in range(3):
        with pytest.raises(Away, match="TimeoutError"):
            shelf.size("a.warc.gz")
    assert now == [45]
    monkeypatch.setattr(kinds.Strict, "silent", False)
    with pytest.raises(Away):
        shelf.size("a.warc.gz")
    now[0] += shelves.REST
    assert shelf.size("a.warc.gz") is None


@pytest.mark.long
def test_bucket_when_it_does_not_answer_then_away_without_a_word_of_its_keys(s3: str, tmp_path: Path) -> None:
    url, options = kinds.address("s3", tmp_path, s3)
    nowhere = tmp_path / "nowhere.env"
    nowhere.write_text((tmp_path / options).read_text().replace(s3, "http://127.0.0.1:9"))
    with pytest.raises(Away) as error:
        shelves.shelf_at(url, nowhere).size("x")
    assert kinds.SECRET not in repr(error.value) + str(error.value.__cause__)
    with pytest.raises(Away, match="NoSuchBucket"):
        shelves.shelf_at("s3://khong-co/warc", tmp_path / options).size("x")


def test_bucket_when_it_takes_a_question_and_says_nothing_then_away_before_a_reader_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [wall] = [setting.default for setting in SETTINGS if setting.name == "read.wall"]
    assert (shelves.ANSWERED + shelves.AGAIN).total_seconds() < wall
    monkeypatch.setattr(shelves, "ANSWERED", timedelta(milliseconds=50))
    monkeypatch.setattr(shelves, "AGAIN", timedelta(milliseconds=1))
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system takes the connection, and nobody reads from it
        options = {
            "aws_endpoint": f"http://127.0.0.1:{silent.getsockname()[1]}", "aws_region": "us-east-1",
            "aws_access_key_id": "a", "aws_secret_access_key": "b",
        }  # fmt: skip
        with pytest.raises(Away, match="does not answer"):
            shelves.RemoteShelf("s3://kho/warc", options).size("a.warc.gz")
