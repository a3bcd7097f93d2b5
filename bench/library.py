"""An archive of up to a million articles to search in: rows and the search index, without pages behind them.

Sentences are drawn from a pool, common ones often, and mixed with names, places, numbers and rare words of their own, so that
words are as unevenly spread as in the texts of wards: some stand in every article, most in few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, text

from bench.again import tell
from bench.stories import world
from storage import schema, search
from storage.engine import Database
from storage.order import sort_key
from storage.search import Document
from storage.text import VIETNAM

NEWEST = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 14 * 365
"""Over how many days articles were published; twice as many in the later half as in the earlier."""

SLICE = 5_000
"""Articles of one transaction."""

PARAGRAPHS, SENTENCES = 6, 4
"""Of each text: with 22 words a sentence, 4.4 KB of UTF-8 as portals have them on average."""

_ONSETS = [
    "b", "c", "ch", "d", "đ", "g", "h", "k", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t", "th", "tr",
    "v", "x",
]  # fmt: skip
_RHYMES = [
    "a", "à", "á", "ả", "ạ", "an", "án", "ản", "anh", "ánh", "ạnh", "ao", "áo", "ăn", "ắn", "ặng", "âm", "ấm", "ân",
    "ấn", "ập", "ất", "ây", "ấy", "e", "em", "én", "ên", "ết", "ệnh", "i", "ích", "iên", "iến", "iệt", "in", "ình",
    "o", "óc", "oan", "oàn", "oát", "oi", "ói", "ơi", "ời", "ô", "ôn", "ộng", "ốt", "u", "ùng", "uyên", "uyền", "ung",
    "ước", "ương", "ường", "ượng", "ưu", "y",
]  # fmt: skip
_DIGITS = str.maketrans("0189", "yzbc")  # ids have no other digits
_RARE = tuple(onset + rhyme for onset in _ONSETS for rhyme in _RHYMES)
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Hồ", "Ngô", "Dương")
_KINDS = ("article",) * 80 + ("notice",) * 15 + ("document",) * 4 + ("gallery",)
_CATEGORIES = ("Tin tức", "Thông báo", "Văn hóa - Xã hội", "Kinh tế", "An ninh - Quốc phòng", "Cải cách hành chính", "")
_PROVINCES = (
    "Hà Nội",
    "Nghệ An",
    "Huế",
    "Thanh Hóa",
    "Quảng Ngãi",
    "Đà Nẵng",
    "Hưng Yên",
    "Cần Thơ",
    "Đồng Nai",
    "Gia Lai",
)


@dataclass(frozen=True, slots=True)
class Written:
    """One article."""

    number: int
    portal: str
    published: datetime
    kind: str
    category: str
    title: str
    paragraphs: tuple[str, ...]
    file: str

    @property
    def id(self) -> str:
        """Its name in the archive."""
        return f"a{self.number:016}".translate(_DIGITS)


def write(count: int, *, seed: int = 1, told: int = 1) -> Iterator[Written]:
    """Articles in the order in which they are published; of each `told` that follow one another the first."""
    rng = Random(seed)
    pool = _sentences(seed)
    titles = [one.title for one in world(4_000, seed=seed)]
    portals = portal_names(count)
    step = timedelta(days=DAYS) / count
    for number in range(1, count + 1, told):
        age = (1 - number / count) ** 1.3
        at = (NEWEST - timedelta(days=DAYS) * age + step * rng.random()).astimezone(VIETNAM)
        at = at.replace(second=0, microsecond=0)
        if rng.random() < 0.5:
            at = at.replace(hour=0, minute=0)  # half of them print a day only
        paragraphs = tuple(_paragraph(rng, pool, number) for _ in range(PARAGRAPHS))
        title = titles[int(len(titles) * rng.random() ** 2)]
        yield Written(
            number, portals[int(len(portals) * rng.random() ** 1.5)], at, rng.choice(_KINDS), rng.choice(_CATEGORIES),
            f"{title} {rng.choice(_RARE).title()} {rng.choice(_RARE).title()}", paragraphs,
            f"Kế hoạch số {number}/KH-UBND" if rng.random() < 0.05 else "",
        )  # fmt: skip


def portal_names(count: int) -> list[str]:
    """The portals of an archive of this size: one for some hundred articles."""
    return [f"phuong-{number}.gov.vn" for number in range(max(20, count // 700))]


def fill(db: Database, count: int, *, seed: int = 1, told: int = 1) -> None:
    """Write an archive of `count` articles into an empty database, in slices, through the index as a reader writes it.

    Of each `told` articles that follow one another the first is written so, the others are copies of it (`bench.again`).
    """
    postgres = db.dialect == "postgresql"
    with db.write() as connection:
        _ground(connection, count)
        if postgres:
            connection.execute(text("DROP INDEX ix_article_search_words"))
    some: list[Written] = []
    documents: list[Document] = []
    for article in write(count, seed=seed, told=told):
        some.append(article)
        if len(some) == SLICE or article.number + told > count:
            with db.write() as connection:
                _put(connection, some)
            documents += [_document(one) for one in some] if told > 1 and not postgres else []
            some = []
    if told > 1:
        tell(db, told, DAYS, documents)
    with db.write() as connection:
        if postgres:
            connection.execute(text("SET LOCAL maintenance_work_mem = '2GB'"))
            connection.execute(text("CREATE INDEX ix_article_search_words ON article_search USING gin (words)"))
            connection.execute(text("ANALYZE"))
        connection.execute(schema.counter.update().where(schema.counter.c.name == "article").values(value=count))


def _ground(connection: Connection, count: int) -> None:
    portals = [
        {"id": name, "url": f"https://{name}/", "name": f"Phường số {number}", "row": {}, "added_at": NEWEST,
         "province": _PROVINCES[number % len(_PROVINCES)]}
        for number, name in enumerate(portal_names(count))
    ]  # fmt: skip
    connection.execute(insert(schema.portal), portals)
    connection.execute(insert(schema.warc_file).values(name="made-up", series="keep", state="closed", opened_at=NEWEST))
    capture = {"entry": 1, "portal": portals[0]["id"], "key": "k", "url": "https://k/", "purpose": "article", "status": 200,
               "fetched_at": NEWEST, "series": "keep", "file": "made-up", "offset": 0, "length": 1}  # fmt: skip
    connection.execute(insert(schema.capture).values(**capture))


def _put(connection: Connection, articles: Sequence[Written]) -> None:
    connection.execute(insert(schema.article), [_row(one) for one in articles])
    connection.execute(insert(schema.revision), [_state(one) for one in articles])
    files = [
        {"article": one.id, "revision": 1, "position": 0, "url": f"https://{one.portal}/{one.number}.pdf", "key": "",
         "name": one.file}
        for one in articles if one.file
    ]  # fmt: skip
    if files:
        connection.execute(insert(schema.attachment), files)
    search.add_all(connection, [_document(one) for one in articles])


def _row(one: Written) -> dict[str, Any]:
    return {
        "id": one.id, "number": one.number, "sort_key": sort_key(one.published, one.number), "portal": one.portal,
        "identity": one.id, "url": f"https://{one.portal}/{one.number}.html", "revision": 1, "kind": one.kind,
        "title": one.title, "lead": one.paragraphs[0], "category": one.category, "sort_at": one.published,
        "published_at": one.published.isoformat(timespec="minutes"), "first_seen": NEWEST, "last_seen": NEWEST,
        "text_sha256": "", "twin_sha256": "",
    }  # fmt: skip


def _state(one: Written) -> dict[str, Any]:
    return {
        "article": one.id, "number": 1, "entry": 1, "reader": "1/0", "seen_at": NEWEST, "changed": [], "kind": one.kind,
        "title": one.title, "paragraphs": one.paragraphs, "captions": [], "authors": ["Lê Hương"], "credits": [],
        "published_at": one.published.isoformat(timespec="minutes"), "published_precision": "minute",
        "published_source": "head-line", "published_basis": "printed", "candidates": [], "flags": [], "text_sha256": "",
        "digest": "",
    }  # fmt: skip


def _document(one: Written) -> Document:
    return Document(
        sort_key(one.published, one.number), one.title, "\n".join((*one.paragraphs, "Lê Hương")), one.file, one.portal,
        one.kind, one.category, "printed", has_files=bool(one.file),
    )  # fmt: skip


def _sentences(seed: int) -> list[str]:
    """Sentences of made-up stories, the common ones first."""
    found = {sentence.strip(" .") + "." for told in world(3_000, seed=seed) for part in told.paragraphs
             for sentence in part.split(". ") if 40 < len(sentence) < 260}  # fmt: skip
    return sorted(found)


def _paragraph(rng: Random, pool: Sequence[str], number: int) -> str:
    said = [pool[int(len(pool) * rng.random() ** 1.5)] for _ in range(SENTENCES - 1)]
    name = f"{rng.choice(_FAMILY)} {rng.choice(_RARE).title()} {rng.choice(_RARE).title()}"
    rare = " ".join(rng.choice(_RARE) for _ in range(3))
    said.append(f"UBND phường giao ông {name}, tổ {rng.randrange(200)}, hồ sơ {number}-{rng.randrange(99)}, về {rare}.")
    return " ".join(said)
