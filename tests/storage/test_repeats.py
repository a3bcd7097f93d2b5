"""A list that never changes: its body is written once a month, and can be read every night."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage.engine import Database
from storage.frontier.repeats import original
from storage.warc import read_payload
from storage.warc.heads import head_of
from tests.builders import NOW, make_capture, make_portal, put_capture, put_portal
from tests.storage.warcs import exchange, open_writer

URL = f"https://{make_portal().id}/tin-tuc/"


@pytest.mark.parametrize(("series", "written"), [("watch", [0, 30, 60]), ("keep", [0])])
def test_original_when_a_list_never_changes_then_each_night_is_read_and_few_are_written(
    database: Database, tmp_path: Path, series: str, written: list[int]
) -> None:
    whole = []
    with database.write() as conn:
        put_portal(conn, make_portal())
        for night in range(70):
            made = exchange(URL, fetched_at=NOW + timedelta(days=night))
            asked = (make_portal().id, "tin-tuc/", made.sha256, 200)
            found = original(conn, tmp_path, *asked, at=made.fetched_at)
            writer = open_writer(tmp_path, series if night == 0 else "watch")
            ref = writer.write(made, entry=night + 1, metadata={}, original=found)
            writer.close()
            whole += [night] if head_of(tmp_path, ref)["warc-type"] == "response" else []
            capture = make_capture(
                night + 1, url=URL, key="tin-tuc/", purpose="listing", record=ref, fetched_at=made.fetched_at,
                payload_sha256=made.sha256, size=len(made.body),
            )  # fmt: skip
            put_capture(conn, capture, key="tin-tuc/")
            assert read_payload(tmp_path, ref).body == made.body

    assert whole == written
