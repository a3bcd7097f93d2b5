"""Checks of WARC files: what is due, what is found, and where."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import schema
from storage.engine import Database
from storage.upkeep import fixity
from storage.warc import MANIFEST, WarcWriter, read_manifest
from tests.storage.warcs import NOW, exchange
from tests.upkeep.archives import PORTAL, damage, fill


def verified(
    database: Database, folder: Path, *, days: float = 0, everything: bool = False
) -> tuple[int, list[fixity.Damage]]:
    """One call of `verify`, `days` after the first."""
    now, found = NOW + timedelta(days=days), []
    due = fixity.due(database, now=now, everything=everything)
    for file in due:
        damages = fixity.check(database, folder, file)
        fixity.note(database, file.name, damages, now=now)
        found += damages
    return len(due), found


def test_check_when_all_is_well_then_no_damage_and_a_line_in_the_ledger(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path)
    assert verified(database, tmp_path) == (1, [])
    with database.read() as connection:
        (row,) = connection.execute(select(schema.fixity_check)).all()
    assert (row.ok, row.checked_at, row.detail) == (True, NOW, "")


@pytest.mark.parametrize("companion", [False, True], ids=["response", "what follows it"])
def test_check_when_a_byte_changed_then_file_offset_and_url(
    database: Database, tmp_path: Path, companion: bool
) -> None:
    captures = fill(database, tmp_path)
    record = captures[1].record
    broken = record.offset + record.length + 30 if companion else record.offset + 40
    damage(tmp_path / "warc" / record.file, broken)
    (found,) = verified(database, tmp_path)[1]
    offset = record.offset + record.length if companion else record.offset
    assert (found.file, found.offset, found.portal, found.url) == (record.file, offset, PORTAL.id, captures[1].url)
    assert "damaged" in found.what


def test_check_when_two_places_are_damaged_then_both(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path, count=4)
    for capture in (captures[0], captures[2]):
        damage(tmp_path / "warc" / capture.record.file, capture.record.offset + 2)  # the member's very head
    assert [one.url for one in verified(database, tmp_path)[1]] == [captures[0].url, captures[2].url]


def test_check_when_the_end_is_cut_off_then_every_capture_behind_it(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path, count=4)
    path = tmp_path / "warc" / captures[0].record.file
    path.chmod(0o640)
    with path.open("r+b") as file:
        file.truncate(captures[2].record.offset + 5)
    assert [one.url for one in verified(database, tmp_path)[1]] == [captures[2].url, captures[3].url]


def test_check_when_only_a_gzip_clock_changed_then_the_file_as_a_whole(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    damage(tmp_path / "warc" / captures[0].record.file, captures[1].record.offset + 4)
    (found,) = verified(database, tmp_path)[1]
    assert found.offset is None
    assert "its records are whole" in found.what


def test_check_when_the_file_is_gone_then_missing(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    (tmp_path / "warc" / captures[0].record.file).unlink()
    assert [one.what for one in verified(database, tmp_path)[1]] == ["the file is missing"]
    assert fixity.presence(database, tmp_path).missing == (captures[0].record.file,)


def test_check_when_a_row_means_another_record_then_damage(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    table = schema.capture
    with database.write() as connection:
        row = table.c.entry == captures[0].entry
        connection.execute(table.update().where(row).values(payload_sha256="0" * 64))
    (found,) = verified(database, tmp_path)[1]
    assert found.what == "the record is not the one that was stored"


@pytest.mark.slow
def test_due_when_called_daily_then_each_file_once_in_thirty_days_oldest_first(
    database: Database, tmp_path: Path
) -> None:
    for run in range(1, 61):
        fill(database, tmp_path, count=1, run=run)
    assert verified(database, tmp_path)[0] == 60  # nobody has read them back yet
    seen: list[str] = []
    for day in range(1, 31):
        seen += [file.name for file in fixity.due(database, now=NOW + timedelta(days=day))]
        assert verified(database, tmp_path, days=day)[0] in (1, 2, 3)
        assert verified(database, tmp_path, days=day + 0.1)[0] == 0  # the day's part is done
    assert len(set(seen)) == 60
    assert max(seen.count(name) for name in seen) <= 2  # a day's part ends with the file that fills it


def test_due_when_ended_in_between_then_the_next_call_goes_on_with_the_rest(database: Database, tmp_path: Path) -> None:
    for run in range(1, 4):
        fill(database, tmp_path, count=1, run=run)
    first = fixity.due(database, now=NOW)[0]
    fixity.note(database, first.name, fixity.check(database, tmp_path, first), now=NOW)
    assert first.name not in [file.name for file in fixity.due(database, now=NOW)]
    assert len(fixity.due(database, now=NOW)) == 2


def test_due_when_damage_was_found_then_looked_at_each_time(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    path = tmp_path / "warc" / captures[0].record.file
    damage(path, captures[0].record.offset + 40)
    for hours in range(3):
        assert len(verified(database, tmp_path, days=hours / 24)[1]) == 1
    damage(path, captures[0].record.offset + 40)  # made good again
    assert verified(database, tmp_path, days=0.5) == (1, [])
    assert verified(database, tmp_path, days=0.6) == (0, [])


def test_presence_when_files_are_open_or_unknown_then_told_apart(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    place = tmp_path / "warc"
    writer = WarcWriter(tmp_path, series="watch", run=2, archive="abc", software="test", opened_at=NOW)
    (place / "dead.warc.gz.open").write_bytes(b"")
    (place / "stranger.warc.gz").write_bytes(b"")
    found = fixity.presence(database, tmp_path)
    writer.close()
    assert found == fixity.Presence((), ("stranger.warc.gz",), ("dead.warc.gz",), (writer.name,))
    assert captures


def test_manifest_when_read_by_sha256sum_then_every_file_is_well(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", MANIFEST], cwd=tmp_path / "warc", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{captures[0].record.file}: OK\n")


def test_manifest_when_a_line_is_missing_or_torn_then_made_good_by_the_next_check(
    database: Database, tmp_path: Path
) -> None:
    captures = fill(database, tmp_path)
    path = tmp_path / "warc" / MANIFEST
    whole = path.read_text()
    path.write_text(whole[:-9])
    assert read_manifest(tmp_path) == {}
    assert verified(database, tmp_path) == (1, [])
    assert f"{read_manifest(tmp_path)[captures[0].record.file]}  {captures[0].record.file}\n" == whole


def test_manifest_when_it_disagrees_with_the_database_then_damage(database: Database, tmp_path: Path) -> None:
    captures = fill(database, tmp_path)
    with (tmp_path / "warc" / MANIFEST).open("a") as file:
        file.write(f"{'0' * 64}  {captures[0].record.file}\n")
    (found,) = verified(database, tmp_path)[1]
    assert "the manifest gives it" in found.what


def test_walk_when_a_file_holds_anything_then_every_byte_is_in_one_member(tmp_path: Path) -> None:
    from storage.warc import Walk

    writer = WarcWriter(tmp_path, series="keep", run=1, archive="abc", software="test", opened_at=NOW)
    for number in range(3):
        writer.write(exchange(f"https://a.gov.vn/{number}"), entry=number, metadata={})
    writer.close()
    path = tmp_path / "warc" / writer.name
    path.chmod(0o640)
    noise = bytes(range(256)) * 700 + b"\x1f\x8b\x08" * 50
    path.write_bytes(path.read_bytes() + noise + path.read_bytes())
    members = list(Walk(tmp_path, writer.name))
    assert [member.offset for member in members] == [0, *(sum(m.length for m in members[: n + 1]) for n in range(20))]
    assert sum(member.length for member in members) == path.stat().st_size
    assert [n for n, member in enumerate(members) if member.record is None] == [10]
