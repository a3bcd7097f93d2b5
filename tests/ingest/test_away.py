"""A night whose shelf is away: what needs an older record waits, everything else is read, and the next night makes up for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select, update

from access import queries
from crawler.ingest import driver
from crawler.ingest.driver import reading
from crawler.ingest.driver.desk import SLICE
from crawler.links.patterns import page_key
from storage import schema
from storage.engine import Database, connect, next_numbers
from storage.records import WAITING, Capture
from storage.warc import Exchange, WarcWriter, places
from storage.warc.shelves import MARK
from storage.writer import queue
from tests.builders import NOW, make_portal, put_capture, put_portal
from tests.documents import pdf
from tests.ingest.test_layouts import FURNITURE, relaid

PORTAL = make_portal("https://phuonghoabinh.gov.vn/")
SUBJECTS = ("diễn tập phòng cháy", "tiêm chủng cho trẻ em", "thu gom rác thải", "làm căn cước cho người già")


def page(subject: str, more: str = "") -> bytes:
    return f"""<html><head><title>Thông báo {subject}</title></head><body><div class="main"><h1>Thông báo về việc {subject}</h1>
    <p>05/05/2026 08:14</p><div class="content"><p>Ủy ban nhân dân phường Hòa Bình thông báo {subject} đến các hộ gia đình.</p>
    <p>Đề nghị các tổ trưởng tổ dân phố thông báo rộng rãi đến nhân dân về việc {subject} được biết.{more}</p></div></div></body></html>
    """.encode()


@dataclass
class Nights:
    """An archive into which a test puts the pages of a night; the files of nights before stand on a shelf."""

    db: Database
    folder: Path
    night: int = 0
    writer: WarcWriter = field(init=False)

    @property
    def shelf(self) -> Path:
        return self.folder / "shelf"

    @property
    def at(self) -> datetime:
        return NOW + timedelta(days=self.night)

    def begin(self) -> None:
        """A new night; the file of the one before goes to the shelf."""
        if self.night:
            self.writer.close()
            self.shelf.mkdir(exist_ok=True)
            (self.shelf / MARK).write_text("test\n")
            for path in (self.folder / "warc").glob("*.warc.gz"):
                shutil.move(path, self.shelf / path.name)
            places.note_shelf(self.folder, str(self.shelf))
        self.night += 1
        self.writer = WarcWriter(
            self.folder, series="watch", run=self.night, archive="t", software="t", opened_at=self.at
        )

    def put(self, path: str, body: bytes, media_type: str = "text/html") -> Capture:
        """One more response, waiting to be read."""
        url = PORTAL.url + path
        exchange = Exchange(url=url, method="GET", request_head=(), status=200, reason="", fetched_at=self.at, body=body,
                            response_head=(("Content-Type", media_type),))  # fmt: skip
        with self.db.write() as connection:
            (entry,) = next_numbers(connection, "entry")
            capture = Capture(
                entry=entry, portal=PORTAL.id, url=url, fetched_at=self.at, status=200, key=page_key(url), size=len(body),
                record=self.writer.write(exchange, entry=entry, metadata={}), media_type=media_type, charset="utf-8",
                purpose="article" if media_type == "text/html" else "attachment", payload_sha256=sha256(body).hexdigest(),
            )  # fmt: skip
            put_capture(connection, capture, key=capture.key, unread=True)
        return capture

    def wait(self, *captures: Capture) -> None:
        """Let these be read once more."""
        table = schema.capture
        with self.db.write() as connection:
            connection.execute(
                update(table).where(table.c.entry.in_([one.entry for one in captures])).values(unread=True)
            )

    def read(self) -> dict[str, int]:
        desk = driver.Desk(self.db, self.folder, PORTAL, None, lambda: self.at)
        return {kind: count for kind, count in driver.read_portal(desk, at_end=True).verdicts.items() if count}

    def waiting(self) -> list[str]:
        table = schema.capture
        with self.db.read() as connection:
            urls = connection.execute(select(table.c.url).where(schema.is_set(table.c.unread)).order_by(table.c.entry))
            return [url.removeprefix(PORTAL.url) for url in urls.scalars()]


@pytest.fixture
def nights(sqlite_url: str, tmp_path: Path) -> Iterator[Nights]:
    made = Nights(connect(sqlite_url), tmp_path)
    with made.db.write() as connection:
        put_portal(connection, PORTAL)
    made.begin()
    yield made
    made.writer.close()
    made.db.close()


def test_reading_when_no_template_is_known_and_the_shelf_is_away_then_all_waits_until_one_can_be_learned(
    nights: Nights,
) -> None:
    for number in range(2):
        nights.put(f"tin/bai-{number}.html", relaid(number))
    assert nights.read() == {"new": 2}
    nights.begin()
    for number in range(2, 6):
        nights.put(f"tin/bai-{number}.html", relaid(number))
    nights.shelf.rename(nights.folder / "gone")
    assert nights.read() == {WAITING: 4}
    (nights.folder / "gone").rename(nights.shelf)
    assert nights.read() == {"new": 4}
    with nights.db.read() as connection:
        assert queue.template(connection, PORTAL.id) is not None
        texts = connection.execute(select(schema.revision.c.paragraphs).where(schema.revision.c.entry > 2)).scalars()
        assert not any(piece in " ".join(text) for text in texts for piece in FURNITURE)


def test_reading_when_many_wait_for_the_shelf_then_what_stands_here_is_read_all_the_same(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LEFT_AT_MOST", 2)
    for number, subject in enumerate(SUBJECTS[:3]):
        nights.put(f"tin/bai-{number}.html", page(subject))
    assert nights.read() == {"new": 3}
    for number in range(SLICE + 1):
        nights.put(f"cu/bai-{number}.html", page(f"việc thứ {number}"))
    nights.begin()
    nights.put("tin/bai-9.html", page(SUBJECTS[3]))
    nights.shelf.rename(nights.folder / "gone")
    assert nights.read() == {"new": 1, WAITING: SLICE + 1}
    assert nights.waiting() == [f"cu/bai-{number}.html" for number in range(SLICE + 1)]


def test_reading_when_the_shelf_is_away_then_what_needs_it_waits_and_the_rest_is_read(nights: Nights) -> None:
    first = [
        nights.put(f"tin/bai-{number}.html", page(subject)) for number, subject in enumerate(SUBJECTS[:3], start=1)
    ]
    assert nights.read() == {"new": 3}
    nights.put("f/ke-hoach.pdf", pdf("Kế hoạch"), "application/pdf")
    nights.wait(first[1])
    nights.begin()  # what waits stands on the shelf
    nights.put("tin/bai-1.html", page(SUBJECTS[0], " Thời gian mới: 14 giờ ngày 20/5/2026."))  # compared with what does
    nights.put("tin/bai-2.html", page(SUBJECTS[1], " Địa điểm mới: nhà văn hóa."))  # follows one that waits
    nights.put("tin/bai-4.html", page(SUBJECTS[3]))
    nights.shelf.rename(nights.folder / "gone")
    assert nights.read() == {"new": 1, WAITING: 4}
    assert nights.waiting() == ["tin/bai-2.html", "f/ke-hoach.pdf", "tin/bai-1.html", "tin/bai-2.html"]
    assert {article["revisions"] for article in queries.newest(nights.db, PORTAL.id, 9)} == {1}
    (nights.folder / "gone").rename(nights.shelf)
    assert nights.read() == {"unchanged": 1, "attachment": 1, "revised": 2}
    assert nights.waiting() == []
