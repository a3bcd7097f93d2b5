"""An archive with everything that pages tell of: a night with its troubles, wards, stories, removals, files, gaps.

`hostile` gives every text that comes from outside something that would run if a page let it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lxml import html
from sqlalchemy import insert, update

from crawler.links.keys import page_key
from storage import schema
from storage.engine import connect
from storage.records import Attachment, Dates, Image
from tests.access.served import PORTAL, Library, Server, serve
from tests.builders import NOW, make_date, make_portal

BROWSER = {"Accept": "text/html,*/*"}
MARK = "đánh dấu"
EVIL = f"<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>{{{{7*7}}}} {MARK}"
"""What would run in a page that escapes badly; its last word says that the text was shown at all."""
RUNS = ("javascript:alert(4)", "data:text/html,<script>alert(5)</script>", "java\tscript:alert(6)", "//evil.example/x")
"""Addresses that must never become links."""

OTHER = make_portal("http://phuong-x.gov.vn/", name="Phường X", province="Huế", platform="vnpt")
ROWS = ("Thời gian | Nội dung | Chủ trì", "Thứ hai | Họp giao ban | Nguyễn Thị Lan", "Thứ ba | Nghỉ")


@dataclass(frozen=True, slots=True)
class Rich:
    """The articles that tests ask for by name."""

    article: str
    twin: str
    removed: str
    withheld: str
    restricted: str
    redacted: str


TOPICS = (
    "Lễ hội đền Hùng", "Hội nghị đối thoại với thanh niên", "Kế hoạch tiêm chủng mở rộng", "Ra quân tổng vệ sinh môi trường",
    "Thông báo lịch tiếp công dân", "Tập huấn phòng cháy, chữa cháy", "Trao quà cho hộ nghèo", "Giải bóng chuyền khối 5",
)  # fmt: skip


def fill(library: Library, *, text: str = "", url: str = "", more: int = 0) -> Rich:
    """Write the archive; with `text` every text of others ends in it, with `url` addresses of files are like it.

    `more` articles of one year and a half are there besides: for pictures.
    """
    other = make_portal(OTHER.url, name=f"Phường X{text}", province=f"Huế{text}", platform="vnpt")
    rejected = make_date("2023-12-27", source="meta", basis="embedded", evidence=f"meta{text}")
    main = library.article(
        f"Hội nghị tổng kết{text}", published="2024-04-18", category=f"Tin tức{text}",
        paragraphs=(f"Sáng nay, phường họp{text}.", *(row + text for row in ROWS), "Nguyễn Văn A, CCCD 012345678901."),
        captions=(f"Toàn cảnh{text}",), authors=(f"Lê Hương{text}",), credits=(f"TTXVN{text}",), rights_notice=f"Ghi rõ nguồn{text}",
        attachments=(Attachment(f"{PORTAL.url}tep/kh.pdf", f"Kế hoạch{text}.pdf"), Attachment(f"{PORTAL.url}tep/2.doc", "")),
        images=(Image(f"{PORTAL.url}anh.jpg", f"Ảnh{text}"),),
        dates=Dates(published=make_date("2024-04-18"), rejected=(rejected,)),
    )  # fmt: skip
    twin = library.article(f"Hội nghị tổng kết{text}", path="tin/2.html", portal=other, published="2024-04-19")
    removed = library.article(f"Bài đã gỡ{text}", published="2024-05-02")
    hidden = [library.article(f"{name} bí mật", published="2024-06-01") for name in ("Ẩn", "Hạn chế", "Che")]
    for number in range(more):
        day = date(2023, 1, 9) + timedelta(days=number * number * 7 % 540)
        library.article(f"{TOPICS[number % len(TOPICS)]}, {day:%d/%m}", published=day.isoformat(), path=f"tin/{number}.html",
                        category="Tin tức" if number % 3 else "Thông báo")  # fmt: skip
    library.revise(main, title=f"Hội nghị tổng kết năm 2024{text}", paragraphs=(f"Chiều nay, phường họp{text}.", *ROWS))
    for name, visibility in zip(hidden, ("withheld", "restricted", "redacted"), strict=True):
        library.set_visibility(name, visibility)
    _files(library, main, text)
    _surroundings(library, main, twin, removed, hidden[:2], text, url)
    library.close()
    return Rich(main, twin, removed, *hidden)


def _files(library: Library, article: str, text: str) -> None:
    """The first file of an article was fetched and read."""
    file = library.capture("tep/kh.pdf", b"%PDF-1.4 made up", purpose="attachment", media_type="application/pdf")
    table, texts = schema.attachment, schema.file_text
    with library.db.write() as connection:
        mine = (table.c.article == article) & (table.c.position == 0)
        connection.execute(update(table).where(mine).values(entry=file.entry))
        values = {"entry": file.entry, "text": f"Chữ của kế hoạch{text} " * 3000, "text_sha256": "0" * 64, "pages": 2,
                  "flag": "", "reader": "1"}  # fmt: skip
        connection.execute(insert(texts).values(values))


def _surroundings(
    library: Library, article: str, twin: str, removed: str, hidden: list[str], text: str, url: str
) -> None:
    library.capture("robots.txt", b"User-agent: *\n", purpose="robots")
    rows: dict[Any, list[dict[str, Any]]] = {
        schema.cluster: [
            {"id": article, "article": article, "similarity": 1.0}, {"id": article, "article": twin, "similarity": 0.9},
            {"id": article, "article": hidden[1], "similarity": 0.8},
        ],
        schema.unit: [
            _unit("16681", "2025-07-01", None, f"Phường Trường Vinh{text}"), _unit("16708", "2004-01-01", "2025-07-01", f"Phường Hưng Phúc{text}"),
        ],
        schema.succession: [{"id": 1, "old_code": "16708", "old_from": "2004-01-01", "new_code": "16681", "new_from": "2025-07-01", "share": "part"}],
        schema.portal_unit: [{"portal": PORTAL.id, "code": "16708", "unit_from": "2004-01-01", "valid_from": "", "valid_to": "2025-07-01"}],
        schema.run: [{"id": 1, "kind": "night", "state": "done", "slot": NOW, "fence": 1, "started_at": NOW - timedelta(hours=1),
                      "ended_at": NOW + timedelta(days=1), "exit_code": 0}],
        schema.visit: [{"run": 1, "portal": PORTAL.id, "state": "failed", "cause": f"limit.time{text}"[:64], "detail": text, "counts": {"pages": 3}}],
        schema.failure: [{"id": 1, "run": 1, "portal": PORTAL.id, "url": url or PORTAL.url, "class": "http.5xx", "detail": text, "at": NOW}],
        schema.portal_state: [{"id": 1, "portal": PORTAL.id, "state": "late", "cause": f"đã lâu không có tin{text} | no news for long{text}", "since": NOW, "run": 1}],
        schema.alert: [
            {"id": 1, "portal": PORTAL.id, "cause": "late", "opened_at": NOW, "detail": f"chậm{text} | late{text}"},
            {"id": 2, "portal": "", "cause": "job:verify", "opened_at": NOW, "detail": f"hỏng{text} | damage{text}"},
        ],
        schema.slot: [{"id": 1, "schedule": "night", "due_at": NOW - timedelta(days=1), "state": "missed"}],
        schema.template: [{"portal": PORTAL.id, "version": 1, "learned_from": [1, 2], "learned_at": NOW,
                           "body": {"furniture": [f"Liên hệ 012345678901{text}", f"Menu{text}"]}}],
        schema.page: [_page(1, "tin-tuc/0.html", "article"), _page(2, "tin-tuc/thieu.html", "")],
        schema.sighting: [_sighting(1, "tin-tuc/0.html", text), _sighting(2, "tin-tuc/thieu.html", text)],
    }  # fmt: skip
    with library.db.write() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
        gone = schema.article.c.id == removed
        connection.execute(update(schema.article).where(gone).values(removed_at=NOW))
        if url:
            for table in (schema.article, schema.portal, schema.article_address, schema.attachment, schema.image):
                connection.execute(update(table).values(url=url))
        reason = {"article": hidden[0], "kind": "withheld", "reason": f"theo yêu cầu{text}", "at": NOW}
        connection.execute(insert(schema.decision).values(reason))


def _unit(code: str, since: str, until: str | None, name: str) -> dict[str, Any]:
    folded = " ".join(name.split()[1:3]).lower().replace("ư", "u").replace("ờ", "o").replace("ú", "u")
    return {"code": code, "valid_from": since, "valid_to": until, "name": name, "folded": folded, "kind": "phường",
            "province": "Nghệ An", "district": ""}  # fmt: skip


def _page(number: int, path: str, read_as: str) -> dict[str, Any]:
    url = PORTAL.url + path
    return {"id": number, "portal": PORTAL.id, "key": page_key(url), "url": url, "purpose": "article", "first_seen": NOW,
            "run": 1, "status": 200 if read_as else 404, "read_as": read_as}  # fmt: skip


def _sighting(number: int, path: str, text: str) -> dict[str, Any]:
    url = PORTAL.url + path
    return {"id": number, "portal": PORTAL.id, "key": page_key(url), "listing": "l", "url": url, "source": "listing",
            "position": 0, "anchor": f"Tin{text}", "date_text": "18/04/2024", "first_seen": NOW, "last_seen": NOW}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Archive:
    """A rich archive behind a server."""

    server: Server
    ids: Rich
    url: str
    folder: Path

    def page(self, path: str, status: int = 200) -> html.HtmlElement:
        """A page as a tree."""
        return html.document_fromstring(self.text(path, status))

    def text(self, path: str, status: int = 200) -> str:
        """A page as it came."""
        answer = self.server.get(path, headers=BROWSER)
        assert answer.status == status, (path, answer.body.decode())
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return answer.body.decode()

    @property
    def paths(self) -> list[str]:
        """An address of every page, and of those with something special on them."""
        ids = self.ids
        return [
            "/", "/tim", "/tim?q=hoi+nghi", "/tim?q=h%E1%BB%8Dp&order=relevance&kind=&basis=&since=2024&province=", "/tim?q=khongcogi",
            f"/bai/{ids.article}", f"/bai/{ids.article}?ban=1", f"/bai/{ids.twin}", f"/bai/{ids.removed}", f"/bai/{ids.withheld}",
            f"/bai/{ids.restricted}", f"/bai/{ids.redacted}", f"/bai/{ids.article}/so-sanh?tu=1&den=2", f"/nhom/{ids.article}",
            "/nguon", "/nguon?ten=hung&trang_thai=late", f"/nguon/{PORTAL.id}", f"/nguon/{OTHER.id}", "/don-vi",
            "/don-vi?ten=hung+phuc", "/don-vi/16708", "/don-vi/16681", "/phien", "/phien/1", "/da-go", f"/da-go?portal={PORTAL.id}",
            "/tong-quan", "/gioi-thieu", "/van-hanh",
        ]  # fmt: skip


@contextmanager
def served(template: Path, folder: Path, *, text: str = "", url: str = "", more: int = 0) -> Iterator[Archive]:
    """A rich archive behind a server, until the block ends."""
    shutil.copyfile(template, folder / "phuongchi.db")
    database = connect(f"sqlite:///{folder / 'phuongchi.db'}")
    ids = fill(Library(database, folder), text=text, url=url, more=more)
    database.close()
    with serve(
        f"sqlite:///{folder / 'phuongchi.db'}", folder, operator=f"Thư viện{text}", contact=url or "a@b.vn"
    ) as server:
        yield Archive(server, ids, f"sqlite:///{folder / 'phuongchi.db'}", folder)
