"""A hostile portal from end to end: readers work beside the crawl at their limits, and what they cannot read stays as bytes."""

from __future__ import annotations

import json

import pytest

from storage import warc
from storage.engine import connect
from storage.records import RecordRef
from tests.cli.conftest import Archive
from tests.fetch.faulty import heavy
from tests.fetch.faulty.fault import Fault, http, page
from tests.fetch.faulty.portal import HEALTHY, article_path, portal
from tests.fetch.faulty.server import Faulty, running

pytestmark = pytest.mark.long

XXE = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY here SYSTEM "file:///etc/passwd">'
    + "".join(f'<!ENTITY n{n} "{f"&n{n - 1};" * 10}">' for n in range(1, 10))
    + '<!ENTITY n0 "no">]><rss><channel><item><title>&here;&n9;</title><link>http://@HERE@/tin-tuc/a.html</link></item></channel></rss>'
).encode()
"""A feed that wants a file of this machine, and a thousand million words."""


def test_crawl_when_pages_are_hostile_then_readers_hold_their_limits_and_healthy_ones_are_read(
    archive: Archive,
) -> None:
    """What it takes a reader more than a second to look at is given up by name, and its bytes are in the archive."""
    faults = (
        *heavy.MARKUP[:2],
        Fault("dong-dai", "", (http(page(extra="<p>" + "a" * 10_000_000 + "</p>")),)),
        Fault(
            "o-khong-lo",
            "",
            (http(page(extra="<table><tr><td colspan='999999999' rowspan='999999999'>x</td></tr></table>")),),
        ),
        Fault("tuyet-mat", "", (http(XXE, kind="application/rss+xml"),), path="/tuyet-mat.rss"),
        Fault("tuyet-mat-nua", "", (http(XXE, kind="text/html"),)),
    )
    with (archive.folder / "phuongchi.toml").open("a", encoding="utf-8") as file:
        file.write("read.cpu = 3\nread.wall = 20\n")
    with running(Faulty(portal(faults))) as server:
        archive.add(server.url)
        done = archive.run("crawl", "--max-pages", "40")
    assert done.code in (0, 5), done.err
    root = server.url.rstrip("/")
    lines = [json.loads(line) for line in archive.quick("export", "jsonl").out.splitlines()]
    read = {line["url"] for line in lines}
    assert {root + article_path(number) for number in range(1, HEALTHY + 1)} <= read
    assert not any("root:x:0" in json.dumps(line) or "root:*:0" in json.dumps(line) for line in lines)
    db = connect(f"sqlite:///{archive.folder}/phuongchi.db", readonly=True)
    try:
        with db.read() as conn:
            rows = {row.url.removeprefix(root): row for row in conn.exec_driver_sql("select * from capture").fetchall()}
            given_up = {row.url for row in conn.exec_driver_sql("select url from failure where class = 'parse-limit'")}
            waiting = conn.exec_driver_sql("select count(*) from capture where unread").scalar()
    finally:
        db.close()
    assert given_up
    assert waiting == 0
    for fault in faults:
        row = rows[fault.address]
        body = warc.read_payload(archive.folder, RecordRef(row.series, row.file, row.offset, row.length)).body
        assert len(body) == row.size, fault.name
