"""Killed between two steps, a redaction is carried on with by the next one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import insert, select, update

from storage import schema
from storage.engine import Database
from storage.redaction import applying, files, making, veil
from storage.redaction.veil import MARK
from storage.upkeep import fixity, ledger
from storage.warc import Original, WarcWriter, read_payload
from tests.builders import NOW, make_capture, put_capture, put_portal
from tests.storage.warcs import exchange
from tests.upkeep.archives import PORTAL

PHONE = "0912 345 678"
PAGE = f"<html><body><p>Gọi {PHONE}</p></body></html>".encode() + b"<!-- " + b"phuong xa " * 90 + b"-->"


def test_apply_when_killed_before_the_rows_follow_then_the_next_call_makes_them(
    database: Database, tmp_path: Path
) -> None:
    writer = WarcWriter(tmp_path, series="keep", run=1, archive="abc", software="test", opened_at=NOW)
    made = exchange(f"{PORTAL.url}tin", body=PAGE)
    note = {"portal": PORTAL.id, "key": "k", "purpose": "article"}
    first = writer.write(made, entry=1, metadata=note)
    again = Original(made.url, made.fetched_at, first)
    refs = [first, writer.write(made, entry=2, metadata=note, original=again)]
    with database.write() as conn:
        put_portal(conn, PORTAL)
        for entry, ref in enumerate(refs, 1):
            capture = make_capture(entry, portal=PORTAL.id, url=made.url, record=ref, payload_sha256=made.sha256)
            put_capture(conn, capture, key="k")
        size, sha256 = writer.close()
        values = {"state": "closed", "bytes": size, "sha256": sha256, "closed_at": NOW}
        conn.execute(update(schema.warc_file).where(schema.warc_file.c.name == writer.name).values(**values))
        page = {"portal": PORTAL.id, "key": "k", "url": made.url, "purpose": "article", "payload_sha256": made.sha256}
        conn.execute(insert(schema.page).values(**page, first_seen=NOW))
    rule = making.of_string(veil.make_key(tmp_path), PHONE, reason="Yêu cầu", who="Hương", at=NOW)
    ledger.append(tmp_path, "redact", at=NOW, **veil.as_line(rule))
    files.replace(tmp_path, files.search(tmp_path, veil.load(tmp_path)), reason="-", at="-")  # and here it was killed
    [file] = fixity.due(database, now=NOW)
    assert fixity.check(database, tmp_path, file)
    applying.apply(database, tmp_path, None, now=NOW)
    [file] = fixity.due(database, now=NOW)
    assert fixity.check(database, tmp_path, file) == []
    masked = read_payload(tmp_path, refs[1]).body
    assert MARK.encode() in masked
    with database.read() as conn:
        digests = {*conn.execute(select(schema.capture.c.payload_sha256)).scalars()}
        digests |= {*conn.execute(select(schema.page.c.payload_sha256)).scalars()}
    assert digests == {hashlib.sha256(masked).hexdigest()}
