"""The reading half on a real archive: WARC bytes in, articles, revisions and events out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from crawler.ingest import driver
from crawler.ingest.driver.learning import looked_over
from crawler.ingest.driver.readers import Reader
from crawler.ingest.pages import Page
from crawler.ingest.read import Captured
from crawler.links.patterns import page_key
from storage import schema
from storage.engine import Fence
from storage.errors import Held
from storage.text import VIETNAM
from storage.writer import articles, queue
from storage.writer.slate import Slate
from tests.ingest.archives import PORTAL, Archive, path_of, story


def test_reading_stores_articles_without_furniture(filled: Archive) -> None:
    with filled.db.read() as connection:
        found = Slate(connection, PORTAL.id, page_key).find(["phuonghoabinh.gov.vn/tin-tuc/bai-viet-so-4.html"])
    assert found is not None
    reading = found.reading
    assert reading.title == "Phường Hòa Bình tổ chức phòng cháy 4"
    assert len(reading.paragraphs) == 3
    assert reading.authors == ("Kim Dung",)
    assert reading.dates.published is not None
    assert (reading.dates.published.value, reading.dates.published.basis) == ("2026-05-05T08:14:00+07:00", "printed")
    assert filled.events() == ["created"] * 12


def test_reading_learns_from_article_shaped_captures_and_says_which(filled: Archive) -> None:
    with filled.db.read() as connection:
        template = queue.template(connection, PORTAL.id)
    assert template is not None
    assert template.learned_from == tuple(range(1, driver.LEARN_FROM + 1))


def test_reading_before_the_visits_end_waits_for_pages_to_learn_from(archive: Archive) -> None:
    for number in range(4):
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number))
    assert driver.read_portal(archive.desk(), at_end=False).read == 0
    assert archive.read() == {"new": 4}


@pytest.mark.slow
def test_recaptures_when_only_counters_and_clocks_moved_make_no_revision(filled: Archive) -> None:
    for night in range(2, 6):
        for number in range(12):
            filled.put(f"tin-tuc/bai-viet-so-{number}.html", story(number, hits=night * 31))
    assert filled.read() == {"unchanged": 48}
    assert filled.count("revision") == 12


class Noting(driver.Memory):
    """A memory that notes which captures' pages were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[int] = []

    def page(self, captured: Captured) -> Page:
        self.opened.append(captured.capture.entry)
        return super().page(captured)


def test_recaptures_when_no_byte_changed_are_not_opened_even_to_see_whether_the_layout_is_known(
    filled: Archive,
) -> None:
    for number in range(5):
        filled.put(path_of(number), story(number), days=1)
    changed = filled.put(path_of(5), story(5, hits=5))
    memory = Noting()
    verdicts = driver.read_portal(replace(filled.desk(), memory=memory), at_end=True).verdicts
    assert dict(verdicts) == {"unchanged": 6}
    assert set(memory.opened) == {changed.entry}


def test_pages_when_the_first_ones_are_as_they_were_show_that_the_layout_is_known_before_a_later_one_is_looked_at(
    filled: Archive,
) -> None:
    for number in range(3):
        filled.put(path_of(number), story(number), days=1)
    filled.put(path_of(3), story(3, hits=9), days=1)
    memory = Noting()
    assert looked_over(replace(filled.desk(), memory=memory), Reader((), memory), closely=False) == (3, [])
    assert not memory.opened


def test_recapture_when_a_sentence_was_added_makes_one_revision(filled: Archive) -> None:
    filled.put("tin-tuc/bai-viet-so-3.html", story(3, extra="<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>", hits=9))
    filled.put("tin-tuc/bai-viet-so-3.html", story(3, extra="<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>", hits=10))
    assert filled.read() == {"revised": 1, "unchanged": 1}
    assert filled.events()[-1] == "revised"
    assert filled.count("revision") == 13


def test_second_address_of_the_same_text_becomes_an_address(filled: Archive) -> None:
    filled.put("chuyen-muc/bai-viet-so-5.html", story(5, hits=77))
    assert filled.read() == {"copy": 1}
    assert (filled.count("article"), filled.count("article_address")) == (12, 13)


def test_removal_needs_four_negative_answers_over_eight_days_and_is_dated_at_the_first(filled: Archive) -> None:
    path = "tin-tuc/bai-viet-so-6.html"
    first = filled.put(path, b"<h1>404</h1>", status=404)
    for days in (0, 0, 1, 3):
        assert filled.read() == {"absent": 1}
        assert filled.events()[-1] == "created"
        filled.put(path, b"<h1>404</h1>", status=404, days=days)
    filled.read()
    assert filled.events()[-1] == "created"
    filled.put(path, b"<h1>404</h1>", status=404, days=4)
    filled.read()
    with filled.db.read() as connection:
        query = select(schema.article.c.removed_at, schema.article.c.title).where(
            schema.article.c.removed_at.is_not(None)
        )
        [(removed_at, title)] = connection.execute(query).all()
    assert removed_at == first.fetched_at
    assert title == "Phường Hòa Bình tổ chức trồng cây 6"
    with filled.db.write() as connection:
        queue.reread(connection, PORTAL.id)
    filled.read()
    assert filled.events()[-1] == "removed", "reading old captures again brings nothing back"
    filled.put(path, story(6, hits=12))
    assert filled.read() == {"unchanged": 1}
    assert filled.events()[-2:] == ["removed", "returned"]


@pytest.mark.parametrize("canonical", ["/", "/trang-chu", "/default.aspx", "/tin-tuc", "/web/guest/home"])
def test_one_canonical_on_every_page_melts_nothing(archive: Archive, canonical: str) -> None:
    for number in range(6):
        head = f'<link rel="canonical" href="{PORTAL.url.rstrip("/")}{canonical}">'
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number, head=head))
    assert archive.read() == {"new": 6}


def test_copy_that_is_edited_into_another_story_becomes_an_article(filled: Archive) -> None:
    filled.put("tin-tuc/ban-sao.html", story(5, hits=3))
    assert filled.read() == {"copy": 1}
    for hits in (4, 5):
        filled.put("tin-tuc/ban-sao.html", story(18, hits=hits))
        filled.put("tin-tuc/bai-viet-so-5.html", story(5, hits=hits))
    assert filled.read() == {"new": 1, "unchanged": 3}
    assert (filled.count("article"), filled.count("revision")) == (13, 13)


def test_rendered_page_when_its_address_is_anothers_is_read_again_and_again(filled: Archive) -> None:
    filled.put("tin-tuc/ban-sao.html", story(5, hits=3))
    assert filled.read() == {"copy": 1}
    told = []
    for hits in (4, 5):
        put_rendered(filled, "tin-tuc/ban-sao.html", story(18, hits=hits))
        told.append(filled.read())
    assert told == [{"new": 1}, {"copy": 1}]
    assert (filled.count("article"), filled.count("article_address")) == (13, 13)


def put_rendered(archive: Archive, path: str, body: bytes) -> None:
    capture = archive.put(path, body, listed=False)
    with archive.db.write() as connection:
        here = schema.capture.c.entry == capture.entry
        connection.execute(update(schema.capture).where(here).values(origin="rendered"))


def test_damaged_record_is_a_verdict_and_the_others_are_read(archive: Archive) -> None:
    captures = [archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number)) for number in range(5)]
    record = captures[2].record
    path = archive.folder / "warc" / (record.file + ".open")
    damaged = bytearray(path.read_bytes())
    damaged[record.offset + record.length // 2] ^= 0xFF
    path.write_bytes(bytes(damaged))
    assert archive.read() == {"new": 4, "failed": 1}


def test_timetables_of_one_form_are_still_articles(archive: Archive) -> None:
    for week in range(12):
        rows = "".join(f"<tr><td>Thứ {day}</td><td>Họp giao ban tuần {week}</td></tr>" for day in range(2, 7))
        page = f"""<html><head><title>Lịch công tác tuần {week + 20}</title></head><body><div id="menu"><a href="/">Trang chủ</a></div>
        <h1>Lịch công tác tuần {week + 20}</h1><p>{week + 1:02}/05/2026 08:00</p>
        <div class="content"><table>{rows}</table></div><div>Lượt truy cập: {week * 99}</div></body></html>"""
        archive.put(f"lich/lich-cong-tac-tuan-{week + 20}.html", page.encode())
    assert archive.read() == {"new": 12}


def test_another_template_version_rereads_the_stored_capture_and_makes_no_revision(filled: Archive) -> None:
    with filled.db.read() as connection:
        template = queue.template(connection, PORTAL.id)
    assert template is not None
    with filled.db.write() as connection:
        queue.put_template(connection, replace(template, version=template.version + 1), now=filled.at)
    filled.put("tin-tuc/bai-viet-so-2.html", story(2, hits=5))
    filled.put("tin-tuc/bai-viet-so-3.html", story(3, extra="<p>Có thêm một câu mới.</p>", hits=5))
    assert filled.read() == {"unchanged": 1, "revised": 1}
    assert filled.events()[12:] == ["revised"]


def test_reading_again_changes_nothing(filled: Archive) -> None:
    with filled.db.write() as connection:
        assert queue.reread(connection, PORTAL.id) == 12
    assert filled.read() == {"unchanged": 12}
    assert filled.events() == ["created"] * 12


def test_lost_lease_stores_nothing(archive: Archive) -> None:
    for number in range(3):
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number))
    with archive.db.write() as connection:
        connection.execute(schema.lease.insert().values(name="read:x", fence=7, holder="other"))
    with pytest.raises(Held):
        driver.read_portal(archive.desk(Fence("read:x", 6)), at_end=True)
    assert archive.count("article") == 0
    assert driver.waiting(archive.db) == {PORTAL.id: 3}


def test_given_up_capture_waits_no_longer_and_the_others_are_read(archive: Archive) -> None:
    poison = archive.put("tin-tuc/doc.html", story(0))
    for number in range(1, 4):
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number))
    driver.give_up(archive.desk(), poison.entry, "parse-limit")
    assert archive.read() == {"new": 3}
    with archive.db.read() as connection:
        query = select(schema.reading.c.verdict, schema.reading.c.detail).where(schema.reading.c.entry == poison.entry)
        assert tuple(connection.execute(query).one()) == ("failed", "parse-limit")


def test_given_up_capture_when_it_was_stored_meanwhile_then_it_stays_as_it_was_read(archive: Archive) -> None:
    captures = [archive.put(path_of(number), story(number)) for number in range(3)]
    assert archive.read() == {"new": 3}
    assert not driver.give_up(archive.desk(), captures[1].entry, "parse-limit")
    with archive.db.read() as connection:
        assert set(connection.execute(select(schema.reading.c.verdict)).scalars()) == {"new"}


def test_truncated_capture_is_never_an_article(archive: Archive) -> None:
    for number in range(4):
        capture = archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number))
    with archive.db.write() as connection:
        cut = update(schema.capture).where(schema.capture.c.entry == capture.entry).values(truncated="length")
        connection.execute(cut)
    assert archive.read() == {"new": 3, "failed": 1}


def test_same_captures_give_the_same_ids_on_every_database(filled: Archive) -> None:
    with filled.db.read() as connection:
        ids = sorted(connection.execute(select(schema.article.c.id)).scalars())
        rows = connection.execute(select(schema.article.c.portal, schema.article.c.identity)).all()
    assert ids == sorted(articles.article_id(portal, identity) for portal, identity in rows)
    assert all(len(article) == 17 and article.startswith("a") for article in ids)


def test_event_numbers_have_no_gaps(filled: Archive) -> None:
    with filled.db.read() as connection:
        assert list(connection.execute(select(schema.event.c.seq).order_by(schema.event.c.seq)).scalars()) == list(
            range(1, 13)
        )


def test_undated_article_when_a_later_list_dates_it_is_read_again(archive: Archive) -> None:
    for number in range(6):
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number, dated=number != 3))
    assert archive.read() == {"new": 6}
    path = "tin-tuc/bai-viet-so-3.html"
    archive.mention(path, "Phường Hòa Bình tổ chức tiếp công dân 3", "20/05/2026")
    assert not archive.read()
    with archive.db.read() as connection:
        found = Slate(connection, PORTAL.id, page_key).find([page_key(PORTAL.url + path)])
    assert found is not None
    published = found.reading.dates.published
    assert published is not None
    assert (published.value, published.source, found.revision) == ("2026-05-20", "listing", 1)
    assert archive.events()[6:] == ["redated"]
    archive.read()
    assert archive.events()[6:] == ["redated"], "what was read with all mentions is not read again"


def test_page_without_a_headline_when_a_later_list_gives_one_becomes_an_article(archive: Archive) -> None:
    for number in range(6):
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number))
    path = "phong-trao-tuan-le-xanh.html"
    archive.put(path, story(7, dated=False), purpose="unknown")
    assert archive.read() == {"new": 6, "not-article": 1}
    archive.mention(path, "Phường Hòa Bình tổ chức bầu tổ trưởng 7", "20/05/2026")
    assert archive.read() == {"new": 1}


@pytest.mark.parametrize("early", [True, False])
def test_state_when_the_list_came_before_or_after_reading_is_the_same(archive: Archive, *, early: bool) -> None:
    path = "tin-tuc/bai-viet-so-3.html"
    for number in range(6):
        archive.put(f"tin-tuc/bai-viet-so-{number}.html", story(number, dated=number != 3))
    for mentioned in (early, not early):
        if mentioned:
            archive.mention(path, "Phường Hòa Bình tổ chức tiếp công dân 3", "20/05/2026")
        archive.read()
    with archive.db.read() as connection:
        digests = (
            connection.execute(select(schema.revision.c.digest).order_by(schema.revision.c.article)).scalars().all()
        )
        dates = connection.execute(select(schema.article.c.published_at)).scalars().all()
    assert len(digests) == 6
    assert "2026-05-20" in dates


def clocked_page(archive: Archive) -> bytes:
    day = archive.at.astimezone(VIETNAM)
    return story(20, head=f'<meta name="date" content="{day:%Y-%m-%d}">', dated=False)


def test_recapture_when_each_is_dated_on_its_own_day_takes_the_date_back(filled: Archive) -> None:
    path, key = "tin-tuc/dong-ho.html", "phuonghoabinh.gov.vn/tin-tuc/dong-ho.html"
    filled.put(path, clocked_page(filled))
    assert filled.read() == {"new": 1}
    for _ in range(2):
        filled.at += timedelta(days=3)
        filled.put(path, clocked_page(filled))
        assert filled.read() == {"unchanged": 1}
    with filled.db.read() as connection:
        found = Slate(connection, PORTAL.id, page_key).find([key])
    assert found is not None and (found.revision, found.reading.dates.published) == (1, None)
    assert any("clock: another capture" in candidate.rejected for candidate in found.reading.dates.rejected)
    assert filled.events()[-1] == "redated"
