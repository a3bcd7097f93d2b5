"""Killed between two steps, a redaction is carried on with by the next one."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from storage import points, schema
from storage.engine import Database, connect
from storage.redaction import applying, files, making, veil
from storage.redaction.veil import MARK
from storage.upkeep import fixity, ledger
from storage.warc import Original, WarcWriter, read_payload
from tests.builders import NOW, make_capture, put_capture, put_portal
from tests.storage.warcs import exchange
from tests.upkeep.archives import PORTAL, fill

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


@pytest.mark.parametrize("point", ["redact.drafted", "redact.promised", "redact.replaced", "database.commit"])
def test_sweep_when_killed_then_the_next_one_takes_out_a_file_that_was_found_veiled_when_it_was_read(
    database_url: str, tmp_path: Path, point: str
) -> None:
    database = connect(database_url)
    [capture, other] = fill(database, tmp_path, count=2)
    rule = making.of_string(veil.make_key(tmp_path), PHONE, reason="Yêu cầu", who="Hương", at=NOW)
    ledger.append(tmp_path, "redact", at=NOW, **veil.as_line(rule))
    text = {"text": f"Gọi {MARK}", "text_sha256": "", "pages": 1, "flag": "", "reader": "files/2"}
    with database.write() as conn:
        conn.execute(insert(schema.file_text).values(entry=capture.entry, **text))
    database.close()
    killed = os.fork()
    if not killed:
        points.arm(f"{point}:1")
        applying.sweep(connect(database_url), tmp_path, None, now=NOW)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(killed, 0)[1]) == -signal.SIGKILL
    database = connect(database_url)
    applying.sweep(database, tmp_path, None, now=NOW)
    [file] = fixity.due(database, now=NOW, everything=True)
    assert fixity.check(database, tmp_path, file) == []
    assert b"<p>" not in read_payload(tmp_path, capture.record).body
    assert read_payload(tmp_path, other.record).body
    assert applying.sweep(database, tmp_path, None, now=NOW).files == []
    with database.read() as conn:
        columns = (schema.capture.c.entry, schema.capture.c.size)
        sizes = {entry: size for entry, size in conn.execute(select(*columns))}
    assert sizes == {capture.entry: 0, other.entry: other.size}
    assert not list((tmp_path / "warc").glob(".*"))
    database.close()
