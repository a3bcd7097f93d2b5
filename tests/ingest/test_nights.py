"""Thirty nights of one portal: whatever moves on its pages by itself is no revision, and each edit is exactly one.

Ten articles are captured every night. Between the nights the reader itself changes: a template is learned anew, and the program
gets another extractor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from crawler.ingest import read
from crawler.ingest.blocks import Block
from crawler.ingest.driver.desk import opened
from crawler.ingest.driver.learning import learn
from storage import reader, schema
from storage.writer import layouts, queue
from tests.feeds import followed, snapshot
from tests.ingest.archives import PORTAL, TOPICS, Archive, path_of

ARTICLES, NIGHTS = 10, 30
RELEARNED, RELEASED = 12, 21
"""The nights before which a template is learned from other pages, and the program gets another extractor."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an article says: what an editor may change."""

    title: str
    text: str
    day: str
    author: str
    file: str


def said(number: int) -> Said:
    topic = TOPICS[number]
    return Said(
        f"Phường Hòa Bình tổ chức {topic}", f"Buổi {topic} có {number * 7 + 41} người dự, kéo dài từ 8 giờ đến 11 giờ.",
        f"{number + 3:02}/05/2026 08:{number + 10}", "Kim Dung", f"ke-hoach-{number}.pdf",
    )  # fmt: skip


def page(number: int, now: Said, night: int) -> bytes:
    """An article's page as it is in one night, with everything round it that moves by itself."""
    others = [(number + night + step) % len(TOPICS) for step in range(1, 5)]
    related = "".join(
        f'<li><a href="/tin-tuc/lien-quan-{one}.html">Tin về {TOPICS[one]} ({night})</a></li>' for one in others
    )
    ward = ("Hòa Bình", "Hoà Bình")[night % 2]  # one keyboard puts the tone on the first vowel, the next on the second
    gap = "  \n\t" * (night % 3)
    return f"""<html><head><title>{now.title.replace("Hòa Bình", ward)} - Phường Hòa Bình</title></head><body>
    <div id="menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc/">Tin tức</a></li></ul></div>
    <div class="clock">Hôm nay, ngày {night:02}/11/2026 {night % 24:02}:17:{night + 10}</div>
    <div class="main"><h1>{now.title.replace("Hòa Bình", ward)}</h1>{gap}
    <p class="date">{now.day}</p><span class="views">Lượt xem: {number * 31 + night * 17}</span>
    <div class="content"><p>Sáng 12/5, UBND phường {ward} {gap}tổ chức buổi {TOPICS[number]} tại tổ dân phố số {number + 3}.</p>
    <p><img src="/anh/{number}.jpg?v={night * 977}" alt=""></p>{gap}<p>{now.text}</p>
    <p>Kết thúc buổi {TOPICS[number]}, lãnh đạo phường {ward} cảm ơn bà con đã tham gia.</p>
    <p style="text-align:right"><b>{now.author}</b></p></div>
    <div class="files"><a href="/tep/{now.file}?t={night}">{now.file}</a></div></div>
    <div class="related"><h3>Tin liên quan</h3><ul>{related}</ul></div>
    <div class="foot"><p>Lượt truy cập: {night * 977 + number}</p><p>Đang trực tuyến: {night % 7 + 1}</p></div></body></html>""".encode()


def next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another extractor: it leaves out closing sentences."""
    before = read.clean

    def clean(blocks: Sequence[Block], **options: Any) -> Any:
        found = before(blocks, **options)
        return replace(found, blocks=tuple(one for one in found.blocks if not one.text.startswith("Kết thúc buổi")))

    monkeypatch.setattr(read, "EXTRACTOR", "next")
    monkeypatch.setattr(read, "clean", clean)


def learn_anew(archive: Archive) -> None:
    """A template learned from other captures than the first."""
    with archive.db.read() as conn:
        samples = opened(archive.desk(), queue.captures(conn, range(ARTICLES + 1, 2 * ARTICLES + 1)))[0]
        [known] = layouts.templates(conn, PORTAL.id, 1)
    with archive.db.write() as conn:
        queue.put_template(conn, learn(archive.desk(), samples, version=known.version + 1), now=archive.at)


def revisions(archive: Archive) -> list[tuple[str, int, list[str]]]:
    """Address, number and changes of every state but the first ones."""
    revision, article = schema.revision, schema.article
    query = select(article.c.url, revision.c.number, revision.c.changed).join(
        article, article.c.id == revision.c.article
    )
    with archive.db.read() as conn:
        return [tuple(row) for row in conn.execute(query.where(revision.c.number > 1).order_by(revision.c.entry))]  # type: ignore[misc]


def lived_through(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, edits: dict[int, tuple[int, dict[str, str]]]
) -> None:
    """All nights, one after another; `edits` says in which night which article is edited and how."""
    articles = [said(number) for number in range(ARTICLES)]
    for night in range(1, NIGHTS + 1):
        if night in edits:
            number, changes = edits[night]
            articles[number] = replace(articles[number], **changes)
        if night == RELEARNED:
            learn_anew(archive)
        if night == RELEASED:
            next_release(monkeypatch)
        for number, now in enumerate(articles):
            archive.put(path_of(number), page(number, now, night))
        archive.read()


@pytest.mark.slow
@pytest.mark.long_on_postgresql
def test_nights_when_only_noise_moves_then_no_revision(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_through(archive, monkeypatch, {})
    assert revisions(archive) == []
    events = archive.events()
    assert events.count("created") == ARTICLES
    assert set(events) == {"created", "reextracted"}
    assert events.count("reextracted") == ARTICLES, "once each, when the program got another extractor"
    assert archive.count("article") == ARTICLES


EDITS: dict[int, tuple[int, dict[str, str]]] = {
    3: (1, {"title": "Phường Hòa Bình hoãn khám sức khỏe"}),
    5: (2, {"text": "Buổi hội thao có 55 người dự, kéo dài từ 8 giờ đến 11 giờ 30."}),
    8: (3, {"day": "09/05/2026 14:05"}),
    RELEARNED: (4, {"text": "Buổi phòng cháy đã dời sang tuần sau theo đề nghị của tổ dân phố."}),
    14: (5, {"author": "Thanh Hương"}),
    17: (6, {"file": "ke-hoach-moi.pdf"}),
    RELEASED: (7, {"title": "Phường Hòa Bình hoãn bầu tổ trưởng"}),
    22: (2, {"text": "Buổi hội thao có 56 người dự, kéo dài từ 8 giờ đến 11 giờ 30."}),
    25: (8, {"day": "12/05/2026 08:18", "text": "Buổi tiêm phòng được tổ chức vào ngày khác, sẽ có thông báo."}),
    28: (1, {"title": "Phường Hòa Bình tổ chức khám sức khỏe"}),
}
TYPED = [
    (1, 2, ["title"]), (2, 2, ["text"]), (3, 2, ["dates"]), (4, 2, ["text"]), (5, 2, ["byline"]), (6, 2, ["attachments"]),
    (7, 2, ["title"]), (2, 3, ["text"]), (8, 2, ["text", "dates"]), (1, 3, ["title"]),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.long_on_postgresql
def test_nights_when_pages_are_edited_amid_the_noise_then_each_edit_is_one_revision_of_its_type(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_through(archive, monkeypatch, EDITS)
    assert revisions(archive) == [(PORTAL.url + path_of(number), state, changed) for number, state, changed in TYPED]
    assert archive.events().count("revised") == len(EDITS)
    assert set(archive.events()) == {"created", "revised", "reextracted"}
    assert followed({}, reader.events(archive.db)) == snapshot(archive.db).state
