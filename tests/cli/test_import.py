"""`import` as a command: what it says, what it leaves behind, and that a database made anew holds the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage import engine, schema
from tests.cli.conftest import Archive
from tests.importing.foreign import Answer, write
from tests.ingest.archives import PORTAL, path_of, story

AT = datetime(2026, 6, 1, tzinfo=UTC)


def answers(*numbers: int, days: int = 0, extra: str = "", how: str = "plain") -> list[Answer]:
    at = AT + timedelta(days=days)
    return [Answer(PORTAL.url + path_of(number), at, story(number, extra=extra), how) for number in numbers]


def held(archive: Archive) -> dict[str, list[Any]]:
    """Captures, states and events, as far as a database made anew must have the same."""
    columns = {
        "capture": ("entry", "portal", "key", "url", "run", "purpose", "fetched_at", "status", "payload_sha256", "size", "origin",
                    "file", "offset", "length", "unread"),
        "article": ("id", "identity", "url", "revision", "title", "first_seen", "last_seen", "removed_at"),
        "revision": ("article", "number", "entry", "seen_at", "changed", "digest"),
        "event": ("seq", "kind", "article", "digest"),
        "run": ("id", "kind", "state"),
    }  # fmt: skip
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db", readonly=True)
    try:
        with db.read() as conn:
            tables = schema.metadata.tables
            return {
                name: sorted(map(repr, conn.execute(select(*(tables[name].c[one] for one in wanted))).all()))
                for name, wanted in columns.items()
            }
    finally:
        db.close()


def exported(archive: Archive) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.quick("export", "jsonl").out.splitlines()]


@pytest.mark.long
def test_import_when_reindexed_then_ids_states_and_events_are_the_same(archive: Archive, tmp_path: Path) -> None:
    archive.add(PORTAL.url)
    late = write(tmp_path / "sau.warc.gz", [*answers(0, 1, 2, how="chunked"), *answers(*range(3, 8)), *answers(3, days=9, how="revisit"),
                                            *answers(4, days=5, extra="<p>Bản sửa lần thứ nhất.</p>")])  # fmt: skip
    early = write(tmp_path / "truoc.warc", answers(2, days=-9, extra="<p>Một đoạn sau này bị bỏ.</p>"), packed=False)
    page = tmp_path / "luu.html"
    page.write_bytes(b"<!-- saved from url=(0050)" + (PORTAL.url + path_of(9)).encode() + b" -->" + story(9))
    counted = archive.run("import", late, "--portal", PORTAL.id, "--dry-run")
    assert (counted.code, counted.out.splitlines()[-1].split(" (")[0]) == (0, "Sẽ nhập | would be new: 10")
    assert archive.totals()["captures"] == 0
    for path, code in ((late, 0), (early, 0), (page, 4)):
        done = archive.run("import", path, "--portal", PORTAL.id)
        assert done.code == code, done.err
    assert "it does not say when it was fetched" in done.out
    assert archive.run("import", page, "--portal", PORTAL.id, "--at", "2026-06-03").code == 0
    before = held(archive)
    assert len(before["revision"]) == 11
    assert sum("history-added" in event for event in before["event"]) == 1
    done = archive.run("reindex", "--yes")
    assert done.code == 0, done.err
    assert held(archive) == before
    assert archive.run("verify", "--all").code == 0
    [name] = [one["id"] for one in exported(archive) if one["url"].endswith(path_of(4))]
    assert "{+\n\nBản sửa lần thứ nhất.+}" in archive.quick("show", name, "--diff", 1, 2).out.replace(
        "\n  ", "\n"
    ).replace("  ", "")
    assert archive.quick("show", name, "--diff", 2, 2).out == "Không khác gì | no difference\n"
    told = json.loads(archive.quick("show", name, "--diff", 2, 1, "--json").out)
    assert (told["from"], told["to"], [one["field"] for one in told["fields"]]) == (2, 1, ["text"])
    assert {piece["kind"] for piece in told["fields"][0]["pieces"]} == {"same", "gone"}
    seen = archive.quick("ingest", "--reprocess", "--dry-run").out
    assert "articles: 9 · sẽ đổi | would change: 0" in seen
    again = archive.run("import", late, early, "--portal", PORTAL.id)
    assert (again.code, held(archive)) == (0, before)


def test_import_when_the_portal_or_the_time_is_none_then_usage_error(archive: Archive, tmp_path: Path) -> None:
    archive.add(PORTAL.url)
    file = write(tmp_path / "cu.warc.gz", answers(1))
    assert archive.quick("import", file, "--portal", "khac.gov.vn").code == 2
    assert archive.quick("import", file, "--portal", PORTAL.id, "--at", "hôm qua").code == 2
    assert archive.quick("import", tmp_path / "nothing.warc", "--portal", PORTAL.id).code == 2
    assert json.loads(archive.quick("status", "--json").out)["totals"]["captures"] == 0
