"""The register of requests about personal data: days, deadlines, what links it to decisions, what survives and what does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phuongchi.deadlines import check_due_days, due_at, first_answer_at
from phuongchi.reporting import duties
from storage import engine, requests
from storage.upkeep import ledger
from tests.builders import make_reading, put_article
from tests.cli.conftest import NOW, Archive, Done

FRIDAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "kho")
    assert made.quick("init", made.folder).code == 0
    return made


@pytest.fixture(autouse=True)
def _tonight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHUONGCHI_NOW", NOW)


def at(now: str, archive: Archive, *arguments: object) -> Done:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHUONGCHI_NOW", now)
        return archive.quick(*arguments)


def listed(archive: Archive, *options: str, now: str = NOW) -> list[dict[str, object]]:
    done = at(now, archive, "requests", "list", "--json", *options)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def add(archive: Archive, kind: str, *more: str) -> str:
    done = archive.quick("requests", "add", "--kind", kind, "--about", "Bài a1, ông A", "--contact", "a@b.vn", *more)
    assert done.code == 0, done.err
    return done.out.strip()


def test_requests_when_added_and_closed_then_due_days_by_kind_and_what_was_done(archive: Archive) -> None:
    assert [add(archive, kind) for kind in ("erasure", "access", "objection")] == ["1", "2", "3"]
    open_ones = listed(archive)
    assert [(one["number"], one["kind"], one["due_at"]) for one in open_ones] == [
        (2, "access", "2026-11-30T16:59:59Z"), (3, "objection", "2026-12-05T16:59:59Z"), (1, "erasure", "2026-12-10T16:59:59Z"),
    ]  # fmt: skip
    assert archive.quick("requests", "close", "1", "--outcome", "đã che").code == 0
    assert [one["number"] for one in listed(archive)] == [2, 3]
    assert listed(archive, "--all")[-1]["outcome"] == "đã che"
    again = archive.quick("requests", "close", "1", "--outcome", "nữa")
    assert (again.code, "closed already: đã che" in again.err) == (2, True)
    assert "there is no request 9" in archive.quick("requests", "close", "9", "--outcome", "x").err


@pytest.mark.slow
def test_status_when_a_request_is_overdue_then_says_so_and_nothing_of_whoever_asked(archive: Archive) -> None:
    add(archive, "access")
    late = "2026-12-01T09:00:00+07:00"
    text, as_json = (at(late, archive, "status", *how).out for how in ((), ("--json",)))
    assert "1  access  QUÁ HẠN | OVERDUE 30/11/2026 23:59" in text
    assert json.loads(as_json)["requests"][0]["overdue"] is True
    assert "a@b.vn" not in text + as_json
    assert "ông A" not in text + as_json
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db", readonly=True)
    assert [one.id for one in requests.overdue(db, datetime(2026, 12, 1, tzinfo=UTC))] == [1]
    assert requests.overdue(db, FRIDAY) == []
    told = [duties(db, datetime(2026, 11, day, 10, tzinfo=UTC)) for day in (21, 28)]
    assert [[english for _, english in said] for said in told] == [
        [], ["1 requests about data are due within 3 days: see phuongchi requests list"],
    ]  # fmt: skip
    [(vietnamese, _)] = duties(db, datetime(2026, 12, 1, tzinfo=UTC))
    assert vietnamese == "1 yêu cầu về dữ liệu đã quá hạn: xem phuongchi requests list"
    db.close()


def test_requests_when_closed_long_ago_then_who_asked_is_forgotten(archive: Archive) -> None:
    add(archive, "access")
    archive.quick("requests", "close", "1", "--outcome", "đã gửi")
    [kept] = listed(archive, "--all", now="2027-02-17T09:00:00+07:00")
    assert (kept["about"], kept["contact"]) == ("Bài a1, ông A", "a@b.vn")
    [forgotten] = listed(archive, "--all", now="2027-02-20T09:00:00+07:00")
    assert (forgotten["about"], forgotten["contact"], forgotten["outcome"]) == (None, None, "đã gửi")


def test_ledger_when_requests_are_kept_then_it_has_days_and_no_words(archive: Archive) -> None:
    add(archive, "erasure")
    archive.quick("requests", "close", "1", "--outcome", "đã che")
    text = (archive.folder / ledger.LEDGER).read_text("utf-8")
    assert [line.what for line in ledger.read(archive.folder)][-2:] == ["request", "request-closed"]
    assert not [word for word in ("a@b.vn", "ông A", "đã che") if word in text]


def test_withhold_when_for_a_request_then_the_reason_names_it(archive: Archive) -> None:
    add(archive, "objection")
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db")
    name = put_article(db, make_reading())
    db.close()
    wrong = archive.quick("withhold", name, "--request", "7", "--who", "an")
    assert (wrong.code, "there is no open request 7" in wrong.err) == (2, True)
    assert archive.quick("withhold", name, "--request", "1", "--reason", "phản đối", "--who", "an").code == 0
    shown = json.loads(archive.quick("show", name, "--json").out)
    assert shown["tombstone"]["reason"] == "phản đối (yêu cầu | request 1)"


@pytest.mark.parametrize("lost", [False, True])
def test_reindex_when_there_are_requests_then_they_are_in_the_new_database(archive: Archive, lost: bool) -> None:
    add(archive, "erasure")
    add(archive, "access")
    archive.quick("requests", "close", "2", "--outcome", "đã gửi")
    before = listed(archive, "--all")
    old = f"sqlite:///{archive.folder}/phuongchi.db"
    if lost:
        (archive.folder / "phuongchi.db").unlink()
    url = f"sqlite:///{archive.folder}/new.db"
    engine.create(url, now=FRIDAY)
    db = engine.connect(url)
    assert requests.carry_over(db, old, archive.folder) == 2
    found = requests.requests(db, closed=True)
    db.close()
    assert [one.id for one in found] == [one["number"] for one in before]
    assert [(one.subject, one.contact) for one in found] == (
        [("?", "")] * 2 if lost else [("Bài a1, ông A", "a@b.vn")] * 2
    )
    assert [one.closed_at is None for one in found] == [True, False]


def test_due_days_when_counted_then_by_the_calendar_and_the_first_answer_by_working_days() -> None:
    assert due_at(FRIDAY, "correction", "access 1, correction 3, objection 1, erasure 1, other 1").isoformat() == (
        "2026-11-23T23:59:59+07:00"
    )
    assert first_answer_at(FRIDAY).isoformat() == "2026-11-24T23:59:59+07:00"
    before_tet = datetime(2026, 2, 13, 3, 0, tzinfo=UTC)  # a Friday; the offices open again after six days of Tết
    assert first_answer_at(before_tet).isoformat() == "2026-02-25T23:59:59+07:00"


@pytest.mark.parametrize("text", ["", "access 10", "access 10, correction x, objection 15, erasure 20, other 20",
                                  "access 0, correction 10, objection 15, erasure 20, other 20"])  # fmt: skip
def test_due_days_when_a_kind_has_none_then_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match="does not say the days of each of access, correction, objection, erasure, other"
    ):
        check_due_days(text)
