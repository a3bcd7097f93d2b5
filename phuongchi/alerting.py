"""Saved searches carried out: what is new goes to people first, then it is noted that they were told. Killed between the two,
they are told again; nothing is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from phuongchi.archive import Archive
from storage.text import day_text

if TYPE_CHECKING:
    from access.alerts import News

MOST = 200
"""Articles of one search that a message names; of more it says how many there are."""


def tell(archive: Archive, hand_over: Callable[[News], None]) -> Iterator[News]:
    """Look for what is new for each saved search and hand over what there is; noted as told once that came back.

    Yields each search's news. What `hand_over` raises ends it there, and the search will be told the same the next time.
    """
    from access import alerts
    from storage.reader.searches import searches
    from storage.writer.searches import told

    db = archive.connect()
    try:
        for search in searches(db):
            news = alerts.look(db, search)
            if news.articles:
                hand_over(news)
            if news.cursor != search.cursor:
                told(db, search, cursor=news.cursor, now=archive.clock.now())
            yield news
    finally:
        db.close()


def subject(news: News) -> str:
    """The news of one search in one line."""
    count = len(news.articles)
    return f"Phường Chí: {news.search.name}: {count} tin mới | {count} new"


def text(news: News) -> str:
    """The news of one search as plain text: date, title, ward, address of each article."""
    lines = [subject(news), ""]
    for article in news.articles[:MOST]:
        day = (article["published_at"] or day_text(datetime.fromisoformat(article["first_seen"])))[:10]
        lines += [f"{day}  {article['title']}", f"            {article['ward'] or article['portal']}  {article['url']}"]
    if len(news.articles) > MOST:
        lines.append(f"… và {len(news.articles) - MOST} tin nữa | and more")
    return "\n".join(lines) + "\n"
