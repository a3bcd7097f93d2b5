"""An archive for tests of the reading half: pages go in as the fetching half puts them, and are read."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from crawler.ingest import driver
from crawler.links.patterns import page_key
from storage import schema
from storage.engine import Database, Fence, next_numbers
from storage.records import Capture, Portal, Purpose
from storage.warc import Exchange, WarcWriter
from tests.builders import NOW, make_portal, put_capture, put_portal

PORTAL = make_portal("https://phuonghoabinh.gov.vn/")
TOPICS = (
    "thu gom rác", "khám sức khỏe", "hội thao", "tiếp công dân", "phòng cháy", "khuyến học", "trồng cây", "bầu tổ trưởng",
    "tiêm phòng", "dân vận khéo", "vay vốn", "an toàn thực phẩm",
)  # fmt: skip


def story(number: int, *, extra: str = "", hits: int = 1, head: str = "", dated: bool = True) -> bytes:
    """A portal page with furniture round one article; `hits` moves the counters, `extra` edits the text."""
    topic = TOPICS[number % len(TOPICS)]
    body = "".join(
        f"<p>{part} {topic} tại tổ dân phố số {number + 3}, có {number * 7 + 41} người dự.</p>"
        for part in ("Sáng 12/5, phường Hòa Bình tổ chức buổi", "Theo kế hoạch, đợt", "Kết thúc buổi")
    )
    return f"""<html><head><title>Phường Hòa Bình tổ chức {topic} {number} - Phường Hòa Bình</title>{head}</head><body>
    <div id="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc/">Tin tức</a></li></ul></div>
    {f'<div class="clock">Hôm nay, ngày {hits % 27 + 1:02}/11/2026</div>' if dated else ""}
    <div class="main"><h1>Phường Hòa Bình tổ chức {topic} {number}</h1>
    {f'<p class="date">{number % 27 + 1:02}/05/2026 08:{number + 10}</p>' if dated else ""}
    <div class="content">{body}{extra}<p style="text-align:right"><b>Kim Dung</b></p></div></div>
    <div class="foot"><p>Lượt truy cập: {hits * 977}</p><p>Đang trực tuyến: {hits}</p></div></body></html>""".encode()


def path_of(number: int) -> str:
    """Where a story stands."""
    return f"tin-tuc/bai-viet-so-{number}.html"


class Archive:
    """A folder with a database, into which a test puts pages as the fetching half does.

    `at` is the instant of the last page; a folder that has some is gone on with.
    """

    def __init__(self, database: Database, folder: Path, portal: Portal = PORTAL, *, at: datetime = NOW) -> None:
        self.portal = portal
        self.db, self.folder, self.at = database, folder, at
        self.writer = WarcWriter(folder, series="keep", run=1, archive="test", software="test", opened_at=at)
        with database.write() as connection:
            if not connection.execute(select(schema.portal.c.id).where(schema.portal.c.id == portal.id)).first():
                put_portal(connection, portal)

    def fill(self, count: int = 12) -> None:
        """Articles of one layout, read."""
        for number in range(count):
            self.put(path_of(number), story(number))
        assert self.read() == {"new": count}

    def put(
        self,
        path: str,
        body: bytes,
        *,
        status: int = 200,
        days: int = 0,
        purpose: Purpose = "article",
        location: str = "",
        listed: bool = True,
        heads: tuple[tuple[str, str], ...] = (),
    ) -> Capture:
        """One more response, a minute or some days later, waiting to be read; a list gives an article's headline."""
        self.at += timedelta(minutes=1, days=days)
        url = self.portal.url + path
        exchange = Exchange(
            url=url, method="GET", request_head=(), status=status, reason="", fetched_at=self.at, body=body,
            response_head=(("Content-Type", "text/html; charset=utf-8"), *heads),
        )  # fmt: skip
        with self.db.write() as connection:
            (entry,) = next_numbers(connection, "entry")
            record = self.writer.write(exchange, entry=entry, metadata={})
            capture = Capture(
                entry=entry, portal=self.portal.id, url=url, purpose=purpose, fetched_at=self.at, status=status,
                record=record, media_type="text/html", charset="utf-8", key=page_key(url, self.portal.platform), location=location,
                payload_sha256=hashlib.sha256(body).hexdigest(),
            )  # fmt: skip
            put_capture(connection, capture, key=capture.key, unread=True)
            pages = schema.page
            if connection.execute(select(pages.c.id).where(pages.c.key == capture.key)).first() is None:
                row = {"portal": self.portal.id, "key": capture.key, "url": url, "purpose": purpose}
                connection.execute(pages.insert().values(**row, first_seen=self.at))
        if purpose == "article" and listed:
            self.mention(path, f"Phường Hòa Bình tổ chức buổi sinh hoạt {path}")
        return capture

    def mention(self, path: str, anchor: str, date_text: str = "") -> None:
        """A list that links the page with these words; it says so once."""
        key, table = page_key(self.portal.url + path, self.portal.platform), schema.sighting
        said = {"anchor": anchor, "date_text": date_text, "first_seen": self.at, "last_seen": self.at}
        with self.db.write() as connection:
            same = (table.c.key == key) & (table.c.anchor == anchor) & (table.c.date_text == date_text)
            if not connection.execute(update(table).where(same).values(last_seen=self.at)).rowcount:
                count = connection.execute(select(func.count()).select_from(table)).scalar_one()
                place = {"listing": f"phuonghoabinh.gov.vn/tin-tuc?page={count}", "source": "listing", "position": 0}
                connection.execute(
                    table.insert().values(portal=self.portal.id, key=key, url=self.portal.url + path, **place, **said)
                )

    def desk(self, fence: Fence | None = None) -> driver.Desk:
        return driver.Desk(self.db, self.folder, self.portal, fence, lambda: self.at)

    def read(self) -> dict[str, int]:
        return dict(driver.read_portal(self.desk(), at_end=True).verdicts)

    def events(self) -> list[str]:
        with self.db.read() as connection:
            return list(connection.execute(select(schema.event.c.kind).order_by(schema.event.c.seq)).scalars())

    def count(self, name: str) -> int:
        with self.db.read() as connection:
            return connection.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar_one()
