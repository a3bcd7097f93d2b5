"""A portal that changes its layout between two nights: noticed, learned, reported, and no article's edit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crawler.ingest.driver.learning import LEARN_FROM
from storage import schema
from storage.engine import next_numbers
from storage.writer import layouts, queue
from tests.ingest.archives import PORTAL, TOPICS, Archive, path_of, story

FURNITURE = (
    "Truy cập nhanh các chuyên mục",
    "Bản quyền thuộc về UBND phường Hòa Bình",
    "Đường dây nóng tiếp nhận phản ánh",
)


def relaid(number: int, *, extra: str = "", hits: int = 1) -> bytes:
    """The article of `story` as the portal's next system prints it: other containers, and furniture in paragraphs."""
    old = story(number, extra=extra, dated=False).decode()
    content = old.partition('<div class="content">')[2].partition('<p style="text-align:right">')[0]
    title = f"Phường Hòa Bình tổ chức {TOPICS[number % len(TOPICS)]} {number}"
    return f"""<html><head><title>{title} | Cổng thông tin</title></head><body><section id="wrapper"><table><tr>
    <td id="leftcol"><p>{FURNITURE[0]}: tin tức, văn bản, thủ tục, lịch tiếp công dân.</p><p>Đã có {hits * 13} lượt xem.</p></td>
    <td id="maincol"><h2 class="tieude">{title}</h2><span class="ngay">{number % 27 + 1:02}/05/2026 08:{number + 10}</span>
    <div class="noidung">{content}<p style="text-align:right"><b>Kim Dung</b></p></div></td>
    <td id="rightcol"><p>{FURNITURE[2]} của người dân: 0234.3.777.888, trực tất cả các ngày trong tuần.</p></td></tr></table>
    <p>{FURNITURE[1]}. Mọi trích dẫn phải ghi rõ nguồn của trang, cùng với ngày đăng bài viết.</p></section></body></html>""".encode()


def known(archive: Archive) -> list[tuple[int, ...]]:
    with archive.db.read() as connection:
        return [template.learned_from for template in layouts.templates(connection, PORTAL.id, 9)]


def texts(archive: Archive) -> str:
    with archive.db.read() as connection:
        return "\n".join(
            text for row in connection.execute(select(schema.revision.c.paragraphs)).scalars() for text in row
        )


def in_run(archive: Archive, run: int) -> None:
    """What was fetched since the last call was fetched in this run."""
    capture = schema.capture
    with archive.db.write() as connection:
        values = {"id": run, "kind": "night", "state": "running", "fence": run, "started_at": archive.at}
        connection.execute(schema.run.insert().values(**values))
        connection.execute(
            schema.visit.insert().values(run=run, portal=PORTAL.id, state="done", counts={"answered": 9})
        )
        connection.execute(capture.update().where(capture.c.run.is_(None)).values(run=run))


def scattered(number: int) -> bytes:
    """The page of `relaid` on a night of trials: each in containers of its own."""
    page = relaid(number, hits=number).decode()
    for name in ("wrapper", "leftcol", "maincol", "rightcol", "noidung", "tieude", "ngay"):
        page = page.replace(f'"{name}"', f'"{name[:2]}{number}"')
    around = number % 6
    return (
        page.replace("<table>", "<div>" * around + "<table>")
        .replace("</table>", "</table>" + "</div>" * around)
        .encode()
    )


def test_new_layout_when_a_night_without_any_came_before_then_edits_in_it_are_found(filled: Archive) -> None:
    for number in range(12):
        filled.put(path_of(number), scattered(number), days=number == 0)
    filled.read()
    assert len(known(filled)) == 1 and filled.events() == ["created"] * 12
    edited = "<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>"
    for number in range(14):
        filled.put(path_of(number), relaid(number, extra=edited if number == 5 else "", hits=number), days=number == 0)
    found = filled.read()
    assert (found.pop("unchanged") >= 11, found) == (True, {"revised": 1, "new": 2})
    assert known(filled)[0] == tuple(range(25, 25 + LEARN_FROM))


def test_new_layout_when_it_is_learned_of_the_newest_pages_then_those_held_back_before_are_read_too(
    filled: Archive,
) -> None:
    edited = "<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>"
    for page, numbers in ((scattered, range(4)), (relaid, range(4, 8)), (relaid, (8, 9, 10, 11, 0, 1, 2, 3))):
        for number in numbers:
            body = page(number) if page is scattered else page(number, extra=edited)
            filled.put(path_of(number), body, days=number == numbers[0])
            others_are_fetched(filled)
        filled.read()
    assert len(known(filled)) == 2
    assert filled.events()[12:] == ["revised"] * 12


def others_are_fetched(archive: Archive) -> None:
    """The captures of many other portals take the next numbers."""
    with archive.db.write() as connection:
        next_numbers(connection, "entry", 100)


def test_reopening_when_other_portals_took_numbers_between_then_counts_the_portals_own(filled: Archive) -> None:
    others_are_fetched(filled)
    filled.put(path_of(1), story(1, hits=2))
    filled.read()
    with filled.db.write() as connection:
        layouts.reopen(connection, PORTAL.id, after=3, since=113, before=5)
    with filled.db.read() as connection:
        assert [capture.entry for capture in queue.unread(connection, PORTAL.id, 99)] == [8, 9, 10, 11, 12, 113]


def test_new_layout_when_all_pages_come_in_it_is_learned_and_revises_what_was_edited_alone(filled: Archive) -> None:
    edited = "<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>"
    in_run(filled, 1)
    for number in range(14):
        filled.put(path_of(number), relaid(number, extra=edited if number == 5 else "", hits=number), days=number == 0)
    in_run(filled, 2)
    assert filled.read() == {"unchanged": 11, "revised": 1, "new": 2}
    assert filled.events()[12:] == ["revised", "created", "created"]
    assert not [line for line in FURNITURE if line in texts(filled)]
    assert known(filled)[0] == tuple(range(13, 13 + LEARN_FROM))
    with filled.db.read() as connection:
        [(cause, portal, opened, closed)] = connection.execute(
            select(*(schema.alert.c[name] for name in ("cause", "portal", "opened_at", "closed_at")))
        ).all()
        counts = connection.execute(select(schema.visit.c.counts).order_by(schema.visit.c.run)).scalars().all()
    assert (cause, portal) == (layouts.CAUSE, PORTAL.id)
    assert opened == closed == filled.at
    assert counts == [{"answered": 9}, {"answered": 9, layouts.CAUSE: 1}]


def test_new_layout_when_pages_come_one_by_one_waits_until_it_is_learned(filled: Archive) -> None:
    verdicts = []
    for number in (3, 7, 9):
        filled.put(path_of(number), relaid(number), days=1)
        verdicts.append(filled.read())
    assert filled.count("revision") == 12
    assert filled.events() == ["created"] * 12
    assert len(known(filled)) == 2
    filled.put(path_of(9), relaid(9, extra="<p>Phường sẽ tổ chức đợt hai vào tháng 6.</p>"), days=1)
    assert filled.read() == {"revised": 1}
    assert not [line for line in FURNITURE if line in texts(filled)]


def test_old_layout_when_it_comes_back_is_still_known(filled: Archive) -> None:
    for number in range(10):
        filled.put(path_of(number), relaid(number), days=number == 0)
    filled.read()
    for number in range(12):
        filled.put(path_of(number), story(number, hits=7), days=number == 0)
    assert filled.read() == {"unchanged": 12}
    assert len(known(filled)) == 2
    assert filled.events() == ["created"] * 12


def test_layouts_when_both_are_met_in_one_night_are_no_change(filled: Archive) -> None:
    for number in range(12, 24):
        filled.put(path_of(number), relaid(number))
    in_run(filled, 1)
    assert filled.read() == {"new": 12}
    assert len(known(filled)) == 2
    assert filled.count("alert") == 0


def swapped(number: int) -> bytes:
    """The article of `story` in a new place, while the place that was learned holds what all pages now say of the ward."""
    about = "".join(
        f"<p>{part}, nhân dân phường Hòa Bình đoàn kết xây dựng đời sống văn hóa ở khu dân cư, giữ gìn cảnh quan.</p>"
        for part in (
            "Những năm qua",
            "Từ ngày thành lập",
            "Trong kháng chiến",
            "Thời kỳ đổi mới",
            "Hiện nay",
            "Tới đây",
        )
    )
    page = story(
        number, dated=False, extra="<p>" + f"Đợt {number} do các đoàn thể cùng tổ chức. " * 12 + "</p>"
    ).decode()
    before, _, rest = page.partition('<div class="content">')
    text, _, after = rest.partition("</div>")
    return f'{before}<div class="content">{about}</div><article><p>{number % 27 + 1:02}/05/2026</p>{text}</article>{after}'.encode()


@pytest.mark.slow
def test_second_reader_when_the_learned_place_holds_another_text_brings_a_new_template(filled: Archive) -> None:
    for number in range(12, 26):
        filled.put(path_of(number), swapped(number), days=number == 12)
    filled.read()
    for number in range(26, 38):
        filled.put(path_of(number), swapped(number), days=number == 26)
    filled.read()
    assert len(known(filled)) == 2
    assert "nhân dân phường Hòa Bình đoàn kết" not in texts(filled)
    assert texts(filled).count("Kết thúc buổi") == 38
