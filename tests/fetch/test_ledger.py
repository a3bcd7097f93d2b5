"""The group of answers that one transaction takes: when it is full."""

from __future__ import annotations

import pytest

from crawler.fetch.batch import Batch
from crawler.fetch.ledger import MENTIONS, Ledger
from storage.engine import Fence, connect
from storage.frontier import Discovery, Mention, NewPage
from tests.fetch.crawling import FAST, NIGHT, Archive


def discovery(number: int) -> Discovery:
    pages = (NewPage(f"https://a.vn/{n}", f"a.vn/{n}", "unknown") for n in range(number))
    return Discovery("a.vn", "a.vn/sitemap.xml", "sitemap", tuple(Mention(page) for page in pages), NIGHT, NIGHT)


@pytest.mark.parametrize(
    ("numbers", "full"), [((MENTIONS - 1,), False), ((MENTIONS,), True), ((MENTIONS // 2,) * 2, True)]
)
def test_full_when_lists_are_long_then_links_count_like_pages(
    archive: Archive, numbers: tuple[int, ...], full: bool
) -> None:
    db = connect(archive.url)
    batch = Batch(archive.url, archive.folder, "a", 1, Fence("archive", 1), (), FAST, NIGHT)
    ledger = Ledger(batch, db, now=NIGHT)
    assert ledger.empty
    for number in numbers:
        ledger.add(discovery=discovery(number))
    assert not ledger.empty
    assert ledger.full is full
    db.close()
