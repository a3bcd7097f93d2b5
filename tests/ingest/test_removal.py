"""Articles that go and come back: what counts as gone, over how many days, and what only looks like it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from crawler.ingest.decide import Answer, confirms_absence, gone_to, in_a_row
from storage import schema
from tests.builders import NOW
from tests.ingest.archives import PORTAL, Archive, story

PATH = "tin-tuc/bai-viet-so-6.html"
SOFT = "<html><body><h1>Không tìm thấy trang</h1><p>Trang bạn yêu cầu không tồn tại.</p></body></html>".encode()
BUSY = "<html><body><h1>Website đang bảo trì</h1><p>Xin vui lòng quay lại sau.</p></body></html>".encode()
CHECKS = (0, 1, 3, 4)
"""Days from one negative answer to the next."""


def state(archive: Archive, path: str = PATH) -> tuple[datetime | None, datetime, int]:
    """When the article was removed and last seen, and how many negative answers the fetching half knows of."""
    key = PORTAL.url.removeprefix("https://") + path
    article, page, address = schema.article, schema.page, schema.article_address
    with archive.db.read() as connection:
        query = select(article.c.removed_at, article.c.last_seen, page.c.negatives).join(
            address, address.c.article == article.c.id
        ).join(page, page.c.key == address.c.key)  # fmt: skip
        row = connection.execute(query.where(address.c.key == key)).one()
    return row.removed_at, row.last_seen, row.negatives


def checks(archive: Archive, body: bytes, **answer: object) -> datetime:
    """The four checks with one answer; returns the instant of the first."""
    first = None
    for days in CHECKS:
        assert state(archive)[0] is None
        capture = archive.put(PATH, body, days=days, **answer)  # type: ignore[arg-type]
        first = first or capture.fetched_at
        assert archive.read() == {"absent": 1}
    assert first is not None
    return first


def test_removal_when_a_soft_404_has_the_same_bytes_each_time_then_each_counts(filled: Archive) -> None:
    first = checks(filled, SOFT)
    assert state(filled)[0] == first
    assert filled.events()[-1] == "removed"


@pytest.mark.parametrize("target", ["", "trang-chu-moi"])
def test_removal_when_the_address_leads_home_or_to_a_list_then_it_counts(filled: Archive, target: str) -> None:
    if target:
        filled.put(target, b"<ul></ul>", purpose="listing", listed=False)
        filled.read()
    first = checks(filled, b"", status=302, location=PORTAL.url + target)
    assert state(filled)[0] == first


def test_removal_when_the_address_leads_to_the_article_elsewhere_then_nothing_is_removed(filled: Archive) -> None:
    moved = "bai-viet-moi-6.html"
    for days in CHECKS:
        filled.put(PATH, b"", status=301, location=PORTAL.url + moved, days=days)
        filled.put(moved, story(6, hits=days + 40))
        assert "absent" not in filled.read()
    assert state(filled)[0] is None
    assert filled.count("article") == 12


def test_removal_when_another_address_still_shows_the_article_then_nothing_is_removed(filled: Archive) -> None:
    filled.put("chuyen-muc/bai-viet-so-6.html", story(6, hits=77))
    filled.read()
    for days in CHECKS:
        filled.put(PATH, b"", status=404, days=days)
        filled.put("chuyen-muc/bai-viet-so-6.html", story(6, hits=78 + days))
        filled.read()
    assert state(filled)[0] is None


@pytest.mark.parametrize("body", [SOFT, BUSY, b""])
@pytest.mark.parametrize("answer", [{}, {"status": 404}, {"status": 302, "location": PORTAL.url}])
def test_removal_when_the_whole_portal_shows_one_notice_then_nothing_is_removed(
    filled: Archive, body: bytes, answer: dict[str, object]
) -> None:
    filled.at = NOW
    for days in (2, *CHECKS[1:]):
        filled.put(PATH, body, days=days, listed=False, **answer)  # type: ignore[arg-type]
        filled.read()
    assert state(filled)[0] is None
    with filled.db.read() as connection:
        read_as = connection.execute(
            select(schema.page.c.read_as).where(schema.page.c.key.endswith("so-6.html"))
        ).scalar()
    assert read_as == "article"


def test_maintenance_when_lists_still_answer_then_the_article_is_what_it_was(filled: Archive) -> None:
    for days in CHECKS:
        filled.put(PATH, BUSY, days=days)
        assert filled.read() == {"not-article": 1}
    removed_at, _, negatives = state(filled)
    assert (removed_at, negatives) == (None, 0)


@pytest.mark.parametrize("status", [200, 304])
def test_return_when_the_bytes_are_the_old_ones_then_it_is_noticed(filled: Archive, status: int) -> None:
    checks(filled, b"", status=404)
    back = filled.put(PATH, story(6) if status == 200 else b"", status=status, days=300)
    assert filled.read() == {"unchanged": 1}
    assert state(filled) == (None, back.fetched_at, 0)
    assert filled.events()[-2:] == ["removed", "returned"]


def test_last_seen_when_the_page_is_unchanged_then_it_moves_on(filled: Archive) -> None:
    for status, body in ((304, b""), (200, story(6))):
        capture = filled.put(PATH, body, status=status, days=7)
        assert filled.read() == {"unchanged": 1}
        assert state(filled)[1] == capture.fetched_at


def test_304_when_the_last_page_was_a_soft_404_then_it_counts_as_another(filled: Archive) -> None:
    filled.put(PATH, SOFT)
    filled.put(PATH, b"", status=304, days=1)
    assert filled.read() == {"absent": 2}
    assert state(filled)[2] == 2


def test_negatives_when_they_come_in_one_night_then_the_checks_go_on(filled: Archive) -> None:
    for _ in range(6):
        filled.put(PATH, SOFT)
    filled.read()
    assert (state(filled)[0], state(filled)[2]) == (None, 3)


@pytest.mark.parametrize(
    ("earlier", "count"),
    [
        ((), 1),
        (((404, "absent"), (200, "absent")), 3),
        (((503, ""), (404, "absent"), (200, "not-article"), (301, "unchanged"), (200, "absent")), 3),
        (((404, "absent"), (304, "unchanged"), (404, "absent")), 2),
        (((200, "revised"), (404, "absent")), 1),
    ],
)
def test_in_a_row_when_answers_differ_then_silence_is_passed_over(
    earlier: tuple[tuple[int, str], ...], count: int
) -> None:
    assert in_a_row(NOW, [Answer(status, verdict, NOW) for status, verdict in earlier])[0] == count


def test_confirms_absence_when_the_last_whole_page_was_an_article_then_not() -> None:
    assert confirms_absence([Answer(304, "absent", NOW), Answer(200, "absent", NOW)])
    assert not confirms_absence([Answer(404, "absent", NOW), Answer(200, "new", NOW)])
    assert not confirms_absence([])


@pytest.mark.parametrize(
    ("purpose", "read_as", "home", "gone"),
    [
        ("listing", "", False, True),
        ("listing", "article", False, False),
        ("article", "", False, False),
        ("article", "article", False, False),
        ("article", "not-article", False, True),
        ("", "", True, True),
    ],
)
def test_gone_to_when_a_redirect_leads_there_then_says_so(purpose: str, read_as: str, home: bool, gone: bool) -> None:
    assert gone_to(purpose, read_as, home=home) is gone
