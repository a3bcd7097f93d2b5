"""Lists that seldom change: their bodies are written once a month, can be read every night, and no month needs another's files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage.engine import Database
from storage.frontier.repeats import PERIOD, original
from storage.warc import WarcWriter, read_payload
from storage.warc.heads import head_of
from storage.warc.reader import refers_to
from tests.builders import NOW, make_capture, make_portal, put_capture, put_portal
from tests.storage.warcs import exchange

PORTAL = make_portal()
NIGHTS, EVERY = 16, 5


def period(night: int) -> int:
    """Which thirty days a night is in."""
    return (NOW + timedelta(days=EVERY * night)).toordinal() // PERIOD


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("series", ["watch", "keep"])
def test_original_when_lists_seldom_change_then_each_night_is_read_and_no_period_needs_the_files_of_another(
    database: Database, tmp_path: Path, series: str
) -> None:
    written: list[int] = []
    meant: set[tuple[int, int]] = set()
    with database.write() as conn:
        put_portal(conn, PORTAL)
        for night in range(NIGHTS):
            at, kind = NOW + timedelta(days=EVERY * night), series if night == 0 else "watch"
            writer = WarcWriter(tmp_path, series=kind, run=night, archive="a", software="t", opened_at=at)  # type: ignore[arg-type]
            for number, changes in enumerate((NIGHTS, 2, 3)):  # one never does, the others in nights of their own
                key, body = f"muc-{number}/", b"<p>tin</p>" * (1 + number + night // changes)
                made, entry = exchange(f"https://{PORTAL.id}/{key}", body=body, fetched_at=at), 1 + 3 * night + number
                found = original(conn, tmp_path, PORTAL.id, key, made.sha256, 200, opened_at=at)
                ref = writer.write(made, entry=entry, metadata={}, original=found)
                capture = make_capture(
                    entry, url=made.url, key=key, purpose="listing", record=ref, fetched_at=at,
                    payload_sha256=made.sha256, size=len(body),
                )  # fmt: skip
                put_capture(conn, capture, key=key)
                assert read_payload(tmp_path, ref).body == body
                if head_of(tmp_path, ref)["warc-type"] == "response":
                    written += [night] if number == 0 else []
                elif "-watch" in (file := refers_to(tmp_path, ref)):
                    meant.add((night, int(file.split("-")[2])))
            writer.close()

    assert meant
    assert {period(night) - period(earlier) for night, earlier in meant} == {0}
    assert [period(night) for night in written] == (
        [period(0)] if series == "keep" else sorted({*map(period, range(NIGHTS))})
    )
