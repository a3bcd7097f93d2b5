"""Platform data: complete, recognised by its marks, right about identity."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from lxml import etree

from crawler import platforms
from crawler.links.discover import parse_html
from crawler.links.elements import Elements
from tests.cases.golden import Case, cases
from tests.links.builders import HOME, look, make_plan

EXPECTED = {
    "aspnet", "drupal", "hanoi-2025", "hue", "joomla", "liferay", "nukeviet", "sharepoint", "thanhhoa-htx", "vnpt", "webcenter", "wordpress",
}  # fmt: skip


def test_load_when_asked_then_has_all_platforms_and_selectors_only_with_their_source() -> None:
    loaded = platforms.load()
    assert set(loaded) >= EXPECTED
    names = {
        entry.name.removesuffix(".toml")
        for entry in files("crawler.platforms").iterdir()
        if entry.name.endswith(".toml")
    }
    assert set(loaded) == names
    for platform in loaded.values():
        assert set(platform.selectors) <= {"title", "date", "body", "byline", "section"}, platform.key
        text = files("crawler.platforms").joinpath(f"{platform.key}.toml").read_text(encoding="utf-8")
        source = r"(?m)^# .+\n\[selectors\]$" if platform.selectors else r"(?m)^# No selectors: .+$"
        assert re.search(source, text), platform.key
        for mark in platform.marks:
            assert mark.pattern == mark.pattern.lower(), f"{platform.key}: {mark.pattern} finds nothing in lower case"


@pytest.mark.parametrize(
    ("key", "found"),
    [("liferay", "liferay"), ("liferay-hanoi", "liferay"), ("nukeviet-4", "nukeviet"), ("hue-gdcntc", "hue"), ("hanoi-2025", "hanoi-2025"), ("", None), ("own", None)],
)  # fmt: skip
def test_find_when_key_names_a_manner_then_gives_the_family(key: str, found: str | None) -> None:
    platform = platforms.find(key)
    assert (platform.key if platform else None) == found


IDENTITIES = [
    ("", "https://c.vn/phuong-yen-hoa/-/view_content/7209481-phuong-yen-hoa.html", "asset/7209481"),
    ("", "https://h.vn/x/-/asset_publisher/Cp738edjn6Dv/content/xa-hung-chinh?redirect=x", "content/xa-hung-chinh"),
    ("", "https://h.vn/web/xa-a/x/-/asset_publisher/Cp7/content/tin-1", "content/xa-a/tin-1"),
    ("", "http://t.vn/web/phuong-trang-ha/news/-/details/7478191/hoi-nghi", "details/phuong-trang-ha/7478191"),
    ("", "https://d.vn/tin-chi-tiet/-/bai-viet/246-diem-chua-chay-1332-56.html", "item/1332-56"),
    ("", "https://b.vn/noi-dung/-/cms-icbt/10182/bai-viet/71234?redirect=%2F", "cms/10182/71234"),
    ("", "https://q.vn/chi-tiet/-/view-article/1/1418093152221/1574306728334", "entry/1418093152221/1574306728334"),
    ("", "https://h.vn/?cn=121&gd=4&tc=1367", "tc/1367"),
    ("hue", "https://h.vn/?tc=1367&cn=1", "tc/1367"),
    ("", "https://h.vn/?tc=1367", None),
    ("nukeviet", "https://n.vn/vi/news/van-hoa/ubnd-xa-to-chuc-146.html", "nv/vi/news/146"),
    ("nukeviet", "https://n.vn/index.php/savefile/tin-tuc/nghi-xa-85.html", "nv/tin-tuc/85"),
    ("nukeviet", "https://n.vn/vi/hungphuoc/chuyen-doi-so/xa-hung-phuoc-137.html", "nv/vi/hungphuoc/137"),
    ("nukeviet", "https://n.vn/vi/news/van-hoa/page-2/", None),
    ("vnpt", "https://v.vn/tin-moi-nhat/lich-tiep-cong-dan-403782?pageindex=0", "vnpt/403782"),
    ("", "https://v.vn/tin-moi-nhat/lich-tiep-cong-dan-403782", None),
    ("hanoi-2025", "https://h.vn/van-hoa-xa-hoi-65890/phat-huy-2835250910165542756.htm", "id/2835250910165542756"),
    ("sharepoint", "https://s.vn/portal/pages/2023-01-30/Ung-dung-468686.aspx", "file/468686"),
    ("sharepoint", "https://s.vn/portal/pages/2020-2-20/vie-t-ttdt1djflenxbhgu.aspx", None),
    (
        "aspnet",
        "https://a.vn/xuanbinh/Pages/noi-dung-tin.aspx?NewsID=2853&mnid=3",
        "aspx//xuanbinh/Pages/noi-dung-tin.aspx/2853",
    ),
    ("", "https://d.vn/chi-tiet-tin-tuc?dinhdanh=134401&cat=508", "dinhdanh/134401"),
    ("drupal", "http://d.vn/node/7698", "node/7698"),
    ("joomla", "http://j.vn/index.php?option=com_content&view=article&id=724:slug&catid=8", "article/724"),
    ("wordpress", "https://w.vn/hoi-nghi/", None),
]


@pytest.mark.parametrize(("platform", "url", "expected"), IDENTITIES)
def test_identity_when_address_says_it_then_is(platform: str, url: str, expected: str | None) -> None:
    assert platforms.identity(url, platform) == expected


PAGES = {
    "wordpress": '<link rel="stylesheet" href="/wp-content/themes/a/style.css"><script src="/wp-includes/js/a.js"></script>',
    "nukeviet": '<meta name="Generator" content="NukeViet v4.5">',
    "joomla": '<meta name="generator" content="Joomla! - Open Source Content Management">',
    "drupal": '<link href="/sites/default/files/a.css"><script>jQuery.extend(Drupal.settings, {});</script>',
    "liferay": '<script>var themeDisplay = Liferay.ThemeDisplay;</script><script src="/html/js/liferay/a.js"></script>',
    "hue": '<a href="/?gd=1&cn=28">a</a><a href="/?gd=4&cn=28&tc=14">b</a>',
    "sharepoint": '<meta name="GENERATOR" content="Microsoft SharePoint"><link href="/_layouts/15/a.css">',
    "hanoi-2025": '<a href="/van-hoa/phat-huy-2835250910165542756.htm">a</a><a href="/tin-tuc/trang-2.htm">2</a>',
    "thanhhoa-htx": '<a href="/web/trang-chu/tin-tuc/a.htx">a</a><a href="/web/trang-chu/tin-tuc/page/2.htx">2</a>',
    "": '<a href="/tin-tuc">a</a><script src="/js/app.js"></script><img src="/anh/a.jpg">',
}


@pytest.mark.parametrize("key", PAGES)
def test_recognise_when_marks_are_clear_then_names_the_platform(key: str) -> None:
    tree = etree.fromstring(f"<html><head>{PAGES[key]}</head><body></body></html>", etree.HTMLParser())
    assert platforms.recognise("https://x.vn/", Elements(tree), {}) == key


def test_patterns_when_searched_in_a_long_address_then_do_not_explode() -> None:
    target = "/" + "a-" * 1_000 + "?" + "b=1&" * 200
    for platform in platforms.load().values():
        for pattern in (*platform.articles, *platform.listings, *platform.refused):
            assert isinstance(pattern, re.Pattern)
            pattern.search(target)


def cases_of(key: str) -> list[Case]:
    """The golden cases that name a platform, or a manner of it."""
    named = [case for case in cases() if case.meta.get("platform")]
    return [case for case in named if (found := platforms.find(case.meta["platform"])) is not None and found.key == key]


@pytest.mark.parametrize("key", platforms.load())
def test_platform_when_it_is_kept_then_a_golden_case_names_and_shows_it(key: str) -> None:
    found = [case for case in cases_of(key) if case.expected["article"]]
    assert found, f"add a case: make case FROM=page.html URL=… (platform {key})"
    recognised = set()
    for case in found:
        tree, _ = parse_html(case.body, case.meta.get("charset", ""))
        recognised.add(platforms.recognise(case.meta["url"], Elements(tree), {}))
    assert recognised - {""} == {key}
    identities = {platforms.identity(case.meta["url"], key) for case in found}
    assert not platforms.load()[key].rules or identities != {None}


LISTS = {
    "liferay": (
        "tin-tuc", "tin-tuc/-/asset_publisher/Cp738edjn6Dv/content/hoi-nghi-lan-{n}",
        "tin-tuc?p_p_id=101_INSTANCE_Cp738edjn6Dv&p_p_lifecycle=0&_101_INSTANCE_Cp738edjn6Dv_delta=10&_101_INSTANCE_Cp738edjn6Dv_cur=2",
    ),
    "sharepoint": ("news/Pages/default.aspx?CateID=2", "news/Pages/tin.aspx?ItemID={n}", "news/Pages/default.aspx?CateID=2&Page=2"),
    "nukeviet": ("vi/news/van-hoa/", "vi/news/van-hoa/hoi-nghi-{n}.html", "vi/news/van-hoa/page-2/"),
    "vnpt": ("tin-tuc", "tin-tuc/hoi-nghi-tong-ket-40378{n}", "tin-tuc?pageindex=2"),
    "hanoi-2025": ("van-hoa-65890.htm", "van-hoa/phat-huy-283525091016554275{n}.htm", "van-hoa-65890/trang-2.htm"),
    "thanhhoa-htx": ("web/trang-chu/tin-tuc.htx", "web/trang-chu/tin-tuc/hoi-nghi-tong-ket-lan-{n}.htx", "web/trang-chu/tin-tuc/page/2.htx"),
    "hue": ("?gd=1&cn=28", "?gd=4&cn=28&tc=14{n}", "?gd=1&cn=28&page=2"),
    "wordpress": ("category/tin-tuc/", "hoi-nghi-tong-ket-lan-{n}/", "category/tin-tuc/page/2/"),
    "drupal": ("taxonomy/term/5", "node/76{n}", "taxonomy/term/5?page=1"),
    "joomla": ("index.php/tin-tuc", "index.php/tin-tuc/72{n}-hoi-nghi-tong-ket", "index.php/tin-tuc?start=10"),
    "aspnet": ("xa/danh-sach.aspx?CatID=2", "xa/noi-dung-tin.aspx?NewsID=28{n}", "xa/danh-sach.aspx?CatID=2&page=2"),
}  # fmt: skip


@pytest.mark.parametrize("key", LISTS)
def test_list_when_it_is_in_the_platforms_manner_then_articles_and_the_next_part_are_found(key: str) -> None:
    own, article, part = LISTS[key]
    names = ("Khai mạc", "Bế mạc", "Tổ chức", "Phát động", "Tổng kết", "Hưởng ứng")
    lines = "".join(
        f'<li><a href="/{article.format(n=n)}">{name} hội thao chào mừng ngày thành lập phường</a> 0{n}/10/2026</li>'
        for n, name in enumerate(names, 1)
    )
    body = f'<ul>{lines}</ul><div class="pages"><b>1</b> <a href="/{part.replace("&", "&amp;")}">2</a></div>'
    found = look(body, own, plan=make_plan(platform=key))
    assert found.purpose == "listing"
    assert [link.url for link in found.links if link.role == "article"] == [
        HOME + article.format(n=n) for n in range(1, 7)
    ]
    assert [link.url for link in found.links if link.role == "paging"] == [HOME + part]


def test_recognise_when_an_address_could_begin_a_mark_a_thousand_times_then_its_beginning_is_looked_at() -> None:
    endless = "/?a=" * 1_000_000  # each beginning followed to the end would take days
    tree = etree.fromstring(f'<html><body><a href="{endless}">Tin</a></body></html>', etree.HTMLParser(huge_tree=True))
    assert platforms.recognise("https://x.vn/", Elements(tree), {}) == ""
