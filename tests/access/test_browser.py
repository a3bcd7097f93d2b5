"""The pages in a real Chromium: clicked through, by keyboard, on a phone, in both colours, on paper, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.access.rich import EVIL, Archive
from tests.access.served import PORTAL
from tests.fetch.spa import CHROMIUM, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium]

PHONE, NARROW, DESKTOP = {"width": 390, "height": 800}, {"width": 320, "height": 640}, {"width": 1280, "height": 900}
WORDS = {
    "vi": (
        "Tìm",
        "với phiên bản 1",
        "Thứ tự lan truyền",
        "Nguồn",
        "Phường, xã",
        "Đơn vị sau sắp xếp",
        "Chép",
        "Đã chép",
    ),
    "en": ("Search", "with revision 1", "Order of spread", "Portals", "Wards", "What became of it", "Copy", "Copied"),
}
SERIOUS = ("serious", "critical")
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

SHAPE = (
    "[...new Set([...document.body.querySelectorAll('*')].map(one => one.tagName + '.' + one.className))].sort().join()"
)
"""The kinds of elements that a page has."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@contextmanager
def visiting(chromium: Any, archive: Archive, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page, and a list of what should not happen on it: dialogs, messages, requests to elsewhere."""
    context = chromium.new_context(base_url=archive.server.base, locale="vi-VN", **options)
    page, wrong = context.new_page(), list[str]()

    def dialog(one: Any) -> None:
        wrong.append(f"dialog {one.message}")
        one.dismiss()

    page.on("dialog", dialog)
    page.on("console", lambda one: wrong.append(f"console {one.text}"))
    page.on("pageerror", lambda one: wrong.append(f"error {one}"))
    page.on("request", lambda one: one.url.startswith(archive.server.base) or wrong.append(f"request {one.url}"))
    yield page, wrong
    context.close()


@pytest.mark.parametrize(
    ("language", "size", "scripts"),
    [("vi", DESKTOP, True), ("vi", NARROW, False), ("en", PHONE, True), ("en", DESKTOP, False)],
)
def test_visitor_when_clicking_from_search_to_ward_then_each_page_is_found(
    chromium: Any, rich_archive: Archive, language: str, size: Any, scripts: bool
) -> None:
    search, compare, spread, portals, wards, became, copy, copied = WORDS[language]
    with visiting(chromium, rich_archive, viewport=size, java_script_enabled=scripts) as (page, wrong):
        page.goto("/" if language == "vi" else "/en/")
        page.get_by_role("searchbox").fill("hoi nghi")
        page.get_by_role("main").get_by_role("button", name=search).click()
        page.locator("ol.results").get_by_role("link", name="Hội nghị tổng kết năm 2024").click()
        expect(page).to_have_title("Hội nghị tổng kết năm 2024 | Phường Chí")
        copies = page.get_by_role("button", name=copy)
        expect(copies).to_have_count(1 if scripts else 0)  # BibTeX is folded
        if scripts:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            copies.first.click()
            page.get_by_role("button", name=copied).wait_for()
            cited = page.evaluate("navigator.clipboard.readText()")
            assert cited == page.locator(".citation").text_content() and "SHA-256" in cited
        article = page.url
        page.get_by_role("link", name=compare).click()
        expect(page.locator("pre.diff del").first).to_have_text(re.compile(r"\S"))
        expect(page.locator("pre.diff ins").first).to_contain_text("năm 2024")
        page.goto(article)
        page.get_by_role("link", name=re.compile(spread)).click()
        expect(page.locator("tbody tr")).to_have_count(2)
        page.locator("tbody").get_by_role("link", name="Phường Hưng Phúc").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Phường Hưng Phúc")
        page.get_by_role("navigation").get_by_role("link", name=wards).click()
        page.wait_for_url("**/don-vi")
        page.get_by_role("searchbox").fill("hung phuc")
        page.get_by_role("main").get_by_role("button", name=search).click()
        page.get_by_role("link", name="Phường Hưng Phúc, Nghệ An").click()
        expect(page.get_by_role("heading", name=became)).to_be_visible()
        page.get_by_role("link", name="English" if language == "vi" else "Tiếng Việt").click()
        expect(page.locator("html")).to_have_attribute("lang", "en" if language == "vi" else "vi")
        assert not wrong and portals


def test_pages_when_seen_on_phones_and_in_both_colours_then_they_fit_and_axe_finds_nothing_serious(
    chromium: Any, rich_archive: Archive
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found, seen = Axe(), list[str](), set[str]()
    with visiting(chromium, rich_archive, viewport=NARROW) as (page, wrong):
        for path in [*rich_archive.paths, f"/en/bai/{rich_archive.ids.article}", "/khong-co"]:
            page.set_viewport_size(NARROW)
            page.emulate_media(color_scheme="light")
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            for size in (NARROW, PHONE):
                page.set_viewport_size(size)
                if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
                    found.append(f"{path}: {width} of {size['width']} pixels")
            shape = page.evaluate(SHAPE)
            if shape in seen:
                continue  # axe has looked at such a page
            seen.add(shape)
            for rules, scheme in ((RULES, "light"), (CONTRAST, "dark")):
                page.emulate_media(color_scheme=scheme)
                for one in axe.run(page, options=rules).response["violations"]:
                    if one["impact"] in SERIOUS:
                        nodes = [node["html"][:200] for node in one["nodes"]][:3]
                        found.append(f"{path} {scheme}: {one['id']} {nodes}")
    assert len(seen) > 12
    assert not found
    assert wrong == ["console Failed to load resource: the server responded with a status of 404 (Not Found)"]


def test_keyboard_when_nothing_else_is_there_then_every_link_is_reached_and_seen(
    chromium: Any, rich_archive: Archive
) -> None:
    where = "(() => { const one = document.activeElement, style = getComputedStyle(one); return [one.tagName, one.textContent.trim() || one.name, style.outlineStyle, parseFloat(style.outlineWidth)] })()"
    with visiting(chromium, rich_archive, viewport=DESKTOP) as (page, wrong):
        page.goto("/tim?q=hoi")
        page.keyboard.press("Tab")
        assert page.evaluate(where)[1] == "Tới nội dung chính"
        assert page.locator(".skip").bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        reached = []
        for _ in range(8):
            page.keyboard.press("Tab")
            reached.append(page.evaluate(where))
        assert [one[:2] for one in reached[:3]] == [["INPUT", "q"], ["BUTTON", "Tìm"], ["SUMMARY", "Lọc"]]
        assert all(style != "none" and width >= 2 for _, _, style, width in reached), reached
        page.goto("/")
        page.get_by_role("searchbox").focus()
        page.keyboard.type("bai da go")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tim?*")
        expect(page.get_by_role("link", name="Bài đã gỡ").first).to_be_visible()
        assert not wrong


def test_article_when_printed_then_text_and_addresses_without_navigation(chromium: Any, rich_archive: Archive) -> None:
    with visiting(chromium, rich_archive, viewport=DESKTOP, color_scheme="dark") as (page, wrong):
        page.goto(f"/bai/{rich_archive.ids.article}")
        page.emulate_media(media="print")
        assert not page.get_by_role("navigation").first.is_visible()
        assert not page.get_by_role("button").first.is_visible()
        assert page.locator(".banner").is_visible() and page.locator(".citation").is_visible()
        colours = page.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.banner')).backgroundColor]"
        )
        assert colours[:2] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"] and colours[2] != "rgb(58, 44, 16)"
        assert not wrong


def test_hostile_texts_when_a_browser_shows_them_then_nothing_runs_and_nothing_is_fetched(
    chromium: Any, hostile_archive: Archive
) -> None:
    typed = quote(EVIL[:150])
    with visiting(chromium, hostile_archive, viewport=PHONE) as (page, wrong):
        asked = [f"/tim?q={typed}", f"/en/nguon?ten={typed}", f"/don-vi?ten={typed}", f"/da-go?province={typed}"]
        for path in [*hostile_archive.paths, *asked]:
            assert page.goto(path).status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        page.goto(f"/bai/{hostile_archive.ids.article}")
        page.get_by_text("BibTeX", exact=True).click()
        for one in page.locator(".banner a, dd a").all()[:3]:
            assert not one.get_attribute("href").startswith(("javascript", "data"))
        page.goto(f"/nguon/{PORTAL.id}")
        assert "<script>" in page.get_by_role("main").inner_text()
    assert not wrong
