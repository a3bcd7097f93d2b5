"""The pages for people over HTTP, without a browser: what each says in both languages, and what it never says."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from lxml import html

from access.api.guard import CSP
from access.api.parameters import MEANINGS, packed
from access.pages.blocks import Block, blocks
from access.pages.calendar import PITCH, Month, calendar
from access.pages.citing import bibtex
from access.pages.frame import is_web
from access.pages.reasons import reason
from access.pages.words import ALERTS, CAUSES, CERTIFICATES, MISSING, STATES
from access.personal import MASK
from crawler.fetch.tls import CODES, OLD_PROTOCOL, OTHER_NAME
from monitoring.words import OTHERS
from monitoring.words import STATES as REPORTED
from phuongchi.commands.causes import MEANINGS as TOLD
from storage.reader.completeness import REASONS
from tests.access import rich
from tests.access.rich import BROWSER, EVIL, MARK, RUNS, Archive
from tests.access.served import PORTAL, Answer, serve

CCCD = "012345678901"
ROOT = Path(__file__).resolve().parents[2]
SECRET = "bí mật"


def words(page: html.HtmlElement) -> str:
    """What a page says, white space folded."""
    return " ".join(page.find(".//main").text_content().split())


@pytest.mark.slow
def test_pages_when_asked_then_each_is_sound_in_both_languages(rich_archive: Archive) -> None:
    for path in rich_archive.paths:
        for language, address in (("vi", path), ("en", f"/en{path}" if path != "/" else "/en/")):
            text = rich_archive.text(address)
            page = html.document_fromstring(text)
            assert not faults(text, page), address
            assert page.get("lang") == language
            assert page.find(".//title").text_content().strip(" |").endswith("Phường Chí")
            assert page.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]
            [other] = page.xpath("//ul[@class='languages']//a/@href")
            assert rich_archive.server.get(other).status == 200
            assert len(text.encode()) < 100_000


@pytest.mark.slow
def test_links_when_followed_then_each_page_and_file_of_ours_is_there(rich_archive: Archive) -> None:
    links = {
        link.partition("#")[0]
        for path in rich_archive.paths
        for link in rich_archive.page(path).xpath("//@href|//@src|//form/@action")
    }
    ours = {link for link in links if link.startswith(("/", rich_archive.server.base)) and not link.startswith("/en")}
    assert len(ours) > 40
    for link in sorted(ours):
        assert rich_archive.server.get(link.removeprefix(rich_archive.server.base)).status == 200, link
    assert all(link.startswith(("http", "mailto:")) for link in links - ours if link and not link.startswith("/en")), (
        links
    )


def test_article_when_shown_then_the_banner_text_table_files_story_history_and_evidence(rich_archive: Archive) -> None:
    path, other = f"/bai/{rich_archive.ids.article}", rich_archive.page(f"/bai/{rich_archive.ids.article}?ban=1")
    page = rich_archive.page(path)
    said = words(page)
    for told in (
        "Bản lưu, không phải trang của UBND. Chụp lúc", "vẫn truy cập được", "Hội nghị tổng kết năm 2024", "18/04/2024",
        "(ngày đăng in trên trang: dòng ngày dưới tiêu đề", "Phường Hưng Phúc, Nghệ An", "bài viết", "Tin tức", "Lê Hương",
        "Toàn cảnh", "Kế hoạch.pdf", "tải bản lưu", "chưa có bản lưu", "Ghi rõ nguồn", "SHA-256", "27/12/2023", "với phiên bản 1",
        "Thứ tự lan truyền của 2 bài", "@online{", f"{rich_archive.ids.article}.2",
    ):  # fmt: skip
        assert told in said, told
    rows = [[cell.text_content() for cell in row] for row in page.xpath("//div[@class='text']//tr")]
    assert rows == [row.split(" | ") for row in rich.ROWS]
    assert page.xpath("//div[@class='text']//tr[last()]/td[last()]/@colspan") == ["2"]
    [copy] = page.xpath("//a[text()='tải bản lưu']/@href")
    assert rich_archive.server.get(copy).body == b"%PDF-1.4 made up"
    assert "Đây là phiên bản 1 trên 2." in words(other)
    assert "A kept copy, not a page of the People's Committee." in words(rich_archive.page(f"/en{path}"))
    assert page.xpath("//h1/@lang") == ["vi"]
    assert {element.get("datetime") for element in page.iter("time")} > {"2024-04-18"}


def test_article_when_its_files_are_long_then_the_page_stays_small_and_says_where_the_rest_is(
    rich_archive: Archive,
) -> None:
    text = rich_archive.text(f"/bai/{rich_archive.ids.article}")
    assert 24_000 < len(text.encode()) < 100_000
    assert "Chữ trong tệp dài hơn phần hiện ở đây" in text


def test_articles_when_removed_or_gone_with_their_portal_then_the_banner_says_so(rich_archive: Archive) -> None:
    assert "đã gỡ, không còn từ" in words(rich_archive.page(f"/bai/{rich_archive.ids.removed}"))
    vanished = words(rich_archive.page("/da-go"))
    assert "Bài đã gỡ" in vanished and "Hội nghị" not in vanished


@pytest.mark.slow
def test_hidden_articles_when_looked_for_anywhere_then_no_word_of_them(rich_archive: Archive) -> None:
    shown = [
        rich_archive.text(path)
        for path in (*rich_archive.paths, "/tim?hidden=true", f"/en/tim?portal={PORTAL.id}&hidden=true")
    ]
    assert not [text for text in shown if SECRET in text]
    assert SECRET not in rich_archive.text("/tim?hidden=true&q=bi", 400)
    assert "Không có tin nào." in words(rich_archive.page("/tim?q=bi+mat"))
    for name, why in (("withheld", "tạm ẩn"), ("restricted", "không lưu trữ"), ("redacted", "che thông tin")):
        page = words(rich_archive.page(f"/bai/{getattr(rich_archive.ids, name)}"))
        assert "Bài đã ẩn" in page and why in page
        assert rich_archive.server.get(f"/bai/{getattr(rich_archive.ids, name)}/so-sanh?tu=1&den=1").status == 403


def test_personal_data_when_the_view_is_public_then_masked_and_when_full_then_shown(rich_archive: Archive) -> None:
    paths = [
        f"/bai/{rich_archive.ids.article}?ban=1",
        f"/bai/{rich_archive.ids.article}/so-sanh?tu=1&den=2",
        "/tim?q=cccd",
        f"/nguon/{PORTAL.id}",
    ]
    for path in paths:
        text = rich_archive.text(path)
        assert CCCD not in text
        assert "/api/v1/articles" not in text  # where nothing is masked
    assert all(MASK in rich_archive.text(path) for path in paths[:2])
    assert b"/api/v1/articles" not in rich_archive.server.get("/atom").body
    with serve(rich_archive.url, rich_archive.folder, masked=True) as server:
        without = server.get(paths[0]).body
        assert b'/body"' not in without  # the bytes are not to be had then
        assert b"/api/v1/articles" in without and b"/api/v1/articles" in server.get("/atom").body
    with serve(rich_archive.url, rich_archive.folder, veiled=False) as server:
        full = Archive(server, rich_archive.ids, rich_archive.url, rich_archive.folder)
        assert all(CCCD in full.text(path) for path in paths[:2])


def test_calendar_when_shown_then_a_square_a_day_and_each_number_leads_to_its_articles(rich_archive: Archive) -> None:
    page = rich_archive.page(f"/nguon/{PORTAL.id}")
    shades = {one.get("class"): one.get("d").count("M") for one in page.xpath("//figure//path")}
    assert shades == {"days level0": 364, "days level4": 2}  # 2024
    [table] = page.xpath("//h2[@id='lich']/following-sibling::details[1]//tbody")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")]
    assert rows == [["04/2024", "1", "18 (1)"], ["05/2024", "1", "2 (1)"]]
    assert [len(rich_archive.page(link).xpath("//ol[@class='results']/li")) for link in table.xpath(".//@href")] == [
        1
    ] * 4
    assert "Publications of 2024" in words(rich_archive.page(f"/en/nguon/{PORTAL.id}?nam=1999"))


def test_calendar_when_dates_are_vague_then_counted_where_they_belong() -> None:
    published = {"2023": 2, "2023-04": 3, "2023-04-30": 8, "2023-05-01": 1, "2024-12-31": 1}
    found = calendar(published, 2023)
    assert found is not None and (found.years, found.vague, found.most) == ({2024: 1, 2023: 14}, 2, 8)
    assert found.months == (Month("2023-04", 11, {"2023-04-30": 8}), Month("2023-05", 1, {"2023-05-01": 1}))
    assert [path.count("M") for path in found.paths] == [363, 1, 0, 0, 1]
    sunday, monday = (re.findall(r"M(\d+) (\d+)", found.paths[level])[0] for level in (4, 1))
    assert (int(monday[0]) - int(sunday[0]), int(sunday[1]) - int(monday[1])) == (PITCH, 6 * PITCH)
    newest = calendar(published)
    assert newest is not None and newest.year == 2024 and not calendar({}) and not calendar(published, 2000)


def test_search_form_when_sent_again_then_no_filter_is_forgotten(rich_archive: Archive) -> None:
    asked = {"q": "hop", "since": "2023", "until": "2025", "ward": "Phường Hưng Phúc", "province": "Nghệ An", "portal": PORTAL.id,
             "category": "Tin tức", "platform": "vnpt", "seen_since": "2020", "seen_until": "2030", "kind": "article",
             "basis": "printed", "attachments": "false", "removed": "false", "order": "relevance"}  # fmt: skip
    assert {*MEANINGS} - {"words", "hidden"} == {*asked} - {"q", "order"}
    [form] = rich_archive.page(f"/tim?{urlencode(asked)}").forms
    assert dict(form.form_values()) == asked
    [empty] = rich_archive.page("/tim").forms
    assert "Hội nghị" in words(rich_archive.page(f"/tim?{urlencode(empty.form_values())}"))


def test_portal_when_shown_then_its_states_completeness_layouts_furniture_and_robots(rich_archive: Archive) -> None:
    said = words(rich_archive.page(f"/nguon/{PORTAL.id}"))
    for told in (
        "chậm bất thường",
        "đã lâu không có tin",
        "04/2024",
        "1 không còn (404, 410)",
        "Khuôn số 1, học từ 2 trang",
        "Menu",
        "robots.txt",
    ):
        assert told in said, told
    assert "no news for long" not in said
    assert "no news for long" in words(rich_archive.page(f"/en/nguon/{PORTAL.id}"))


def test_ward_when_shown_then_what_it_was_made_of_and_became_with_their_portals(rich_archive: Archive) -> None:
    old, new = words(rich_archive.page("/don-vi/16708")), words(rich_archive.page("/don-vi/16681"))
    assert "Đơn vị sau sắp xếp Phường Trường Vinh, Nghệ An" in old
    assert "Phường Hưng Phúc, Nghệ An (một phần), đến trước 01/07/2025" in new
    found = words(rich_archive.page("/tim?ward=16681"))
    assert "Gồm cả các đơn vị trước sắp xếp: Phường Hưng Phúc, Nghệ An" in found and "Hội nghị" in found


def test_story_when_many_tell_it_then_page_by_page_in_the_order_of_its_spread(
    rich_archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access.pages.articles.TOLD", 1)
    page, told = rich_archive.page(f"/nhom/{rich_archive.ids.article}"), list[tuple[str, str]]()
    while len(told) < 3:
        assert "2 bài, theo thứ tự thời gian" in words(page)
        told += [(row[0].text, row.xpath(".//@href")[0]) for row in page.xpath("//tbody/tr")]
        if not (behind := page.xpath("//a[@rel='next']/@href")):
            break
        page = rich_archive.page(behind[0])
    assert told == [("1", f"/bai/{rich_archive.ids.article}"), ("2", f"/bai/{rich_archive.ids.twin}")]
    assert rich_archive.server.get(f"/nhom/{rich_archive.ids.article}?after=2").status == 404


def test_run_when_shown_then_what_the_report_of_the_night_tells(rich_archive: Archive) -> None:
    said = words(rich_archive.page("/phien/1"))
    for told in (
        "Đã đến 1 trong 2 nguồn. 1 nguồn cần người xem.", "Phường Hưng Phúc: chậm bất thường", "việc bảo trì không xong", "hỏng",
        "Những đêm không được thu thập", "Tin bài: mới", "máy chủ đang lỗi (1)",
    ):  # fmt: skip
        assert told in said, told
    assert "the server fails (1)" in words(rich_archive.page("/en/phien/1"))
    assert "damage" in words(rich_archive.page("/en/phien/1"))


def test_search_when_narrowed_by_each_facet_then_its_link_finds_what_it_counted(rich_archive: Archive) -> None:
    page = rich_archive.page("/tim?q=hoi+nghi")
    groups = {box.text_content(): box.getnext() for box in page.xpath("//details[@class='facets']/h2")}
    assert set(groups) == {"Tỉnh, thành phố", "Phường, xã", "Nguồn", "Loại", "Năm", "Nhóm tin cùng nội dung"}
    for name, values in groups.items():
        for link, count in zip(values.xpath(".//a/@href"), values.xpath(".//span/text()"), strict=True):
            found = rich_archive.page(link)
            got = len(found.xpath("//main//tbody/tr" if name.startswith("Nhóm") else "//ol[@class='results']/li"))
            assert got == int(count), (name, link)


def test_search_when_it_cannot_be_understood_or_is_too_long_then_a_page_says_why(rich_archive: Archive) -> None:
    assert "Không hiểu điều kiện tìm" in words(rich_archive.page("/tim?since=homqua", 400))
    assert "The search cannot be understood" in words(rich_archive.page("/en/tim?since=homqua", 400))
    assert "“q” dài quá 200 ký tự" in words(rich_archive.page("/tim?q=" + "a" * 300, 400))
    assert "“homqua” không phải là ngày" in words(rich_archive.page("/tim?since=homqua", 400))
    assert "no date" in words(rich_archive.page("/en/tim?seen_since=0001-01-01", 400))


def test_request_when_refused_before_anything_looks_at_it_then_people_get_a_page_in_their_language(
    rich_archive: Archive,
) -> None:
    get = rich_archive.server.get
    for path, method, host, status, told in (
        ("/tim?q=" + "a" * 9_000, "GET", "localhost", 414, "Nhiều nhất 8000 byte"),
        ("/tim", "POST", "localhost", 405, "Chỉ GET và HEAD"),
        ("/tim", "GET", "evil.example", 400, "không mang tên ấy"),
        ("/tim?q=%00", "GET", "localhost", 400, "ký tự"),
    ):
        answer = get(path, method=method, headers={**BROWSER, "Host": host})
        assert (answer.status, told in answer.body.decode(), b"evil" in answer.body) == (status, True, False), path
        assert get(path, method=method, headers={"Host": host}).json["status"] == status


@pytest.mark.parametrize(
    "path",
    ["/khong-co", "/bai/aaaaaaaaaaaaaaaaa", "/nguon/khong.co", "/phien/77", "/don-vi/1", "/nhom/aaaaaaaaaaaaaaaaa"],
)
def test_missing_when_asked_for_then_a_page_in_the_language_of_its_address(rich_archive: Archive, path: str) -> None:
    said = words(rich_archive.page(path, 404))
    assert "Không tìm thấy trang này" in said and "there is" not in said and "no such" not in said
    assert "There is no such page" in words(rich_archive.page(f"/en{path}", 404))


@pytest.mark.parametrize(
    "path",
    [
        "/bai/{id}?ban=2147483648", "/bai/{id}/so-sanh?tu=2147483648", "/phien?before=2147483648",
        f"/tim?after={'0' * 20}{2**63}",
        *(f"/da-go?after={packed(at, 'a')}" for at in ("2026-11-02T00:00:00", "0001-01-01T00:00:00+14:00")),
    ],
)  # fmt: skip
def test_number_or_cursor_when_no_database_could_hold_it_then_refused(rich_archive: Archive, path: str) -> None:
    rich_archive.page(path.format(id=rich_archive.ids.article), 400)


def test_bibtex_when_captured_after_midnight_in_viet_nam_then_of_that_day() -> None:
    article: dict[str, Any] = {
        "id": "a", "title": "T", "authors": [], "ward": "P", "portal": "p.vn", "published_at": None, "url": "http://p.vn/1",
        "capture": {"fetched_at": "2026-11-01T18:30:00Z"}, "revision": 1, "text_sha256": "0", "language": "vi",
    }  # fmt: skip
    assert "urldate = {2026-11-02}" in bibtex(article, "http://a/1")


def test_operators_view_when_asked_from_elsewhere_then_refused_unless_configured(rich_archive: Archive) -> None:
    behind = {**BROWSER, "X-Forwarded-For": "198.51.100.7"}
    assert rich_archive.server.get("/van-hanh", headers=behind).status == 403
    assert "chậm bất thường" in words(rich_archive.page("/van-hanh"))
    with serve(rich_archive.url, rich_archive.folder, url="https://kho.example.vn") as server:
        refused = server.get("/van-hanh", headers=BROWSER)  # a proxy need not say for whom it asks
        assert refused.status == 403 and "chỉ hiện trên chính máy này" in refused.body.decode()
    with serve(
        rich_archive.url, rich_archive.folder, operators_view=True, indexed=True, url="https://kho.vn"
    ) as server:
        assert server.get("/van-hanh", headers=behind).status == 200
        assert server.get("/robots.txt").body == b"User-agent: *\nDisallow: /api/\n"
        answer = server.get("/")
        assert b"noindex" not in answer.body and "X-Robots-Tag" not in answer.headers
    assert rich_archive.server.get("/robots.txt").body == b"User-agent: *\nDisallow: /\n"
    assert rich_archive.server.get("/", headers={"Host": "evil.example"}).status == 400


@pytest.mark.slow
def test_pages_when_asked_again_then_304_and_every_answer_forbids_what_is_not_ours(rich_archive: Archive) -> None:
    for path in rich_archive.paths:
        answer = rich_archive.server.get(path)
        assert answer.headers["Content-Security-Policy"] == CSP
        assert rich_archive.server.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status == 304


@pytest.mark.slow
def test_hostile_texts_when_shown_then_inert_and_whole(hostile_archive: Archive) -> None:
    for path in [*hostile_archive.paths, f"/tim?q={quote(MARK)}", *(f"/{name}?ten={quote(EVIL[:150])}" for name in ("nguon", "don-vi")),
                 f"/tim?category={quote(EVIL[:150])}", f"/da-go?province={quote(EVIL[:150])}"]:  # fmt: skip
        for address in (path, f"/en{path}"):
            _assert_inert(hostile_archive.server.get(address, headers=BROWSER), address)
    for path in (
        f"/{quote(EVIL)}",
        f"/en//evil.example/{quote('<b>')}",
        f"/nguon/{quote(EVIL[:100])}",
        "//evil.example/",
        "/en//evil.example",
    ):
        answer = hostile_archive.server.get(path, headers=BROWSER)
        assert answer.status in (400, 404)
        _assert_inert(answer, path)
    for path in (
        f"/bai/{hostile_archive.ids.article}",
        f"/nguon/{PORTAL.id}",
        "/phien/1",
        "/don-vi/16708",
        f"/nhom/{hostile_archive.ids.article}",
    ):
        assert hostile_archive.page(path).text_content().count(EVIL) > 1, path


@pytest.mark.parametrize("address", RUNS)
def test_address_when_a_browser_would_run_it_then_no_link(address: str) -> None:
    assert not is_web(address) and not is_web("") and not is_web(None)
    assert is_web("HTTPS://phuong.gov.vn/x") and is_web("http://[::1]/")


def test_captures_when_they_are_html_then_never_a_page_of_this_origin(rich_archive: Archive) -> None:
    [link] = rich_archive.page(f"/bai/{rich_archive.ids.article}").xpath("//dd/a[contains(@href, '/body')]/@href")
    answer = rich_archive.server.get(link, headers=BROWSER)
    assert answer.body.startswith(b"<h1>")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert (
        answer.headers["Content-Disposition"].startswith("attachment")
        and "sandbox" in answer.headers["Content-Security-Policy"]
    )


def test_words_when_compared_with_the_report_then_the_same() -> None:
    assert {name: one.vi for name, one in REPORTED.items()} == {name: STATES[name] for name in STATES if name}
    assert {name: one.vi for name, one in OTHERS.items()} == {
        name: ALERTS[name] for name in ALERTS if name not in STATES
    }
    assert {name: vietnamese for name, (vietnamese, _) in REASONS.items()} == MISSING
    assert {name: told.partition(": ")[0] for name, (told, _) in TOLD.items()} == CAUSES
    assert {*CODES.values(), OTHER_NAME, OLD_PROTOCOL, "invalid"} == set(CERTIFICATES)


def test_reasons_when_the_reader_of_dates_gives_one_then_vietnamese_readers_can_read_it() -> None:
    given = [text for name in ("decide", "candidates") for text in reasons_in(ROOT / f"crawler/ingest/dates/{name}.py")]
    assert len(given) > 25
    for text in given:
        assert reason("vi", text) and not re.search(r"\b(the|of|is|and|clock)\b", reason("vi", text)), text
        assert reason("en", text) == text
    assert reason("vi", "clock: the day of the capture, but the text tells of 2024-01-02").endswith(
        "việc ngày 02/01/2024"
    )


def test_blocks_when_rows_stand_together_then_a_table_else_paragraphs() -> None:
    found = list(blocks(["a", "b | c", "d", "1 | 2", "3 | 4 | 5"]))
    assert found == [Block("a"), Block("b | c"), Block("d"), Block(rows=(("1", "2"), ("3", "4", "5")))]
    assert found[-1].width == 3


PLACES = {"other": "another ", "agrees": ", and says the same day"}
"""What stands in the places of a reason."""


def reasons_in(path: Path) -> Iterator[str]:
    """The reasons for which a module rejects dates."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="reject"), args=[told]):
                yield from texts_of(told)
            case ast.Call(func=ast.Name(id="DateCandidate"), args=[*_, told]) if len(node.args) == 6:
                yield from texts_of(told)
            case ast.Assign(targets=[ast.Name(id="reason")], value=told):
                yield from texts_of(told)
            case ast.FunctionDef(name="_no_articles"):
                yield from (
                    text for one in ast.walk(node) if isinstance(one, ast.Return) for text in texts_of(one.value)
                )


def texts_of(told: ast.expr | None) -> Iterator[str]:
    """The texts that an expression may be."""
    match told:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp():
            yield from (*texts_of(told.body), *texts_of(told.orelse))
        case ast.JoinedStr():
            names = [ast.unparse(one.value) if isinstance(one, ast.FormattedValue) else "" for one in told.values]
            yield "".join(
                one.value
                if isinstance(one, ast.Constant)
                else PLACES.get(name, "listing" if "source" in name else "2024-01-02")
                for one, name in zip(told.values, names, strict=True)
            )


def _assert_inert(answer: Answer, path: str) -> None:
    """Nothing of what came from outside is an element, an attribute that runs, or a link that does."""
    page = html.document_fromstring(answer.body.decode())
    assert {one.get("src") for one in page.iter("script")} <= {"/static/copy.js"}, path
    assert not page.xpath("//img|//svg[@onload]|//@*[starts-with(name(), 'on')]|//iframe|//object|//@style"), path
    for link in page.xpath("//@href|//@src|//@action"):
        assert re.match(r"/(?!/)|#|https?://[a-z0-9.\[\]:]+/|mailto:", link), (path, link)
        assert not link.startswith("http") or "evil.example" not in link, (path, link)
    assert "49" not in page.find(".//title").text_content()


VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Tags(HTMLParser):
    """Elements that were opened and not closed, or closed and not open: browsers mend them, each in its own way."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        twice = [name for name, number in Counter(name for name, _ in attrs).items() if number > 1]
        self.faults += [f"<{tag}> has {name} twice" for name in twice]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def faults(text: str, page: html.HtmlElement) -> list[str]:
    """What is wrong with a page as HTML, in words."""
    tags = Tags()
    tags.feed(text.replace("/>", ">"))
    found = tags.faults + [f"<{tag}> is not closed" for tag in tags.open]
    found += [f"id {name} twice" for name, number in Counter(page.xpath("//@id")).items() if number > 1]
    found += [f"{len(page.xpath('//h1'))} h1"] if len(page.xpath("//h1")) != 1 else []
    for field in page.xpath("//input|//select|//textarea"):
        found += [] if page.xpath("//label[@for=$id]", id=field.get("id") or "") else [f"no label: {field.get('name')}"]
    found += [f"empty link {link.get('href')}" for link in page.iter("a") if not link.text_content().strip()]
    found += ["empty heading" for one in page.xpath("//h1|//h2|//h3|//title") if not one.text_content().strip()]
    found += ["p holds blocks" for _ in page.xpath("//p/*[self::p or self::ul or self::table or self::div]")]
    return found
