"""Archives that earlier releases made: opened, upgraded, verified, made anew and read on by this one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage import engine, schema
from tests.cli.conftest import Archive
from tests.importing.foreign import Answer, write
from tests.releases import FIXTURES, restored

RELEASES = sorted(FIXTURES.glob("release-*"))
TOLD = {
    "ajyqc6a2lt5atwldz": ("Phường Hòa Bình tiêm phòng cho chó, mèo", "2026-06-03"),
    "awhn5kkoeb7ey3op5": ("Phường Hòa Bình họp tổ dân phố 12", "2026-05-12"),
    "axpzyzflnc4wumetq": ("Xã Tân Lập thông báo lịch tiếp công dân tháng 7", "2026-07-01"),
}
HELD = {"release-0.1.0-earliest": TOLD, "release-0.1.0": TOLD}
"""The earliest is from before the first migration was last edited; its portals showed the same."""
EDITED = "http://127.0.0.1:18801/tin-tuc/hop-to-dan-pho-12.html"


def articles(archive: Archive) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in archive.run("export", "jsonl").out.splitlines()]
    return {line["id"]: line for line in lines}


def told(archive: Archive) -> dict[str, tuple[str, str]]:
    return {name: (one["title"], one["published_at"]) for name, one in articles(archive).items()}


def events(archive: Archive) -> list[str]:
    db = engine.connect(f"sqlite:///{archive.folder}/phuongchi.db", readonly=True)
    with db.read() as conn:
        found = list(conn.execute(select(schema.event.c.kind).order_by(schema.event.c.seq)).scalars())
    db.close()
    return found


def edited_page(archive: Archive) -> bytes:
    """The article's page as it was received, with another sentence."""
    [name] = [name for name, one in articles(archive).items() if one["url"] == EDITED]
    page = archive.run("show", name, "--raw").out
    return page.replace("</p></div>", "</p><p>Phường bổ sung hai điểm tập kết rác.</p></div>", 1).encode()


def test_fixtures_when_counted_then_each_release_has_one() -> None:
    assert {path.name for path in RELEASES} == set(HELD)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fixture",
    [pytest.param(path, marks=pytest.mark.long) if "earliest" in path.name else path for path in RELEASES],
    ids=lambda path: path.name,
)
def test_archive_when_of_an_earlier_release_then_upgraded_verified_made_anew_and_read_on(
    fixture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(restored(fixture, tmp_path / "kho"))
    refused = archive.run("search", "họp")
    assert (refused.code, "phuongchi db upgrade" in refused.err) == (7, True)
    upgraded = archive.run("db", "upgrade")
    assert upgraded.code == 0, upgraded.err
    assert told(archive) == HELD[fixture.name]
    assert archive.run("verify", "--all").code == 0
    assert archive.run("ingest", "--reprocess").code == 0
    assert told(archive) == HELD[fixture.name]
    assert "revised" not in events(archive)
    made = archive.run("reindex", "--yes")
    assert made.code == 0, made.err
    assert told(archive) == HELD[fixture.name]
    assert events(archive) == ["created"] * 3
    found = archive.run("search", "tiem phong")
    assert "tiêm phòng cho chó, mèo" in found.out
    later = [Answer(EDITED, datetime(2026, 8, 1, tzinfo=UTC), edited_page(archive))]
    done = archive.run("import", write(tmp_path / "sau.warc.gz", later), "--portal", "127.0.0.1-18801")
    assert done.code == 0, done.err
    assert events(archive) == ["created"] * 3 + ["revised"]
    assert told(archive) == HELD[fixture.name]
