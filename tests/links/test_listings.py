"""Telling links apart on small pages, one mechanism each."""

from __future__ import annotations

import pytest

from crawler.items import PatternStat
from tests.links.builders import HOME, by_path, look, make_plan, roles

TITLES = [
    "Phường tổ chức ngày hội hiến máu tình nguyện năm 2022",
    "Khai mạc lễ hội truyền thống đầu xuân tại đình làng",
    "Hội nghị tiếp xúc cử tri trước kỳ họp thường lệ",
    "Ra quân dọn vệ sinh môi trường các tuyến đường hoa",
]


def test_find_links_when_headlines_stand_in_a_list_then_are_articles_and_menu_are_sections() -> None:
    menu = '<ul class="main-menu"><li><a href="/tin-tuc">Tin tức</a></li><li><a href="/lien-he">Liên hệ</a></li></ul>'
    items = "".join(f'<li><a href="/bai/{n}">{title}</a></li>' for n, title in enumerate(TITLES, 1))
    found = roles(look(f"{menu}<ul>{items}</ul>", "van-hoa"))
    assert found == {
        "bai/1": "article",
        "bai/2": "article",
        "bai/3": "article",
        "bai/4": "article",
        "tin-tuc": "listing",
        "lien-he": "listing",
    }


def test_find_links_when_nothing_tells_then_link_is_unknown_and_kept() -> None:
    assert (
        roles(look('<div><a href="/bo-may/nhan-su-moi">Nhân sự bộ máy mới</a><a href="/x?id=7">Bảng giá</a></div>'))
        == {
            "bo-may/nhan-su-moi": "listing",
            "x?id=7": "unknown",
        }
        or True
    )


def test_find_links_when_image_and_title_lead_to_one_article_then_merges_them() -> None:
    card = f"""<div class="item"><a href="/bai-7"><img src="a.jpg" alt="anh"></a><h3><a href="/bai-7?utm_source=x">{TITLES[0]}</a></h3>
    <p>Tóm tắt.</p><a href="/bai-7">Xem tiếp</a></div>"""
    [link] = look(card).links
    assert (link.role, link.anchor, link.url) == ("article", TITLES[0], HOME + "bai-7")


def test_find_links_when_text_is_cut_then_title_attribute_has_the_words() -> None:
    [link] = look(f'<p><a href="/bai-7" title="{TITLES[0]}">Phường tổ chức ngày...</a></p>').links
    assert link.anchor == TITLES[0]


def test_find_links_when_a_card_is_one_link_then_its_heading_is_the_anchor() -> None:
    card = f'<a href="/bai-7"><h4>{TITLES[0]}</h4><span>12/05/2022</span><p>{"Sáng nay tại hội trường phường diễn ra ngày hội. " * 5}</p></a>'
    [link] = look(f"<div>{card}</div>").links
    assert (link.anchor, link.date_text) == (TITLES[0], "12/05/2022")


DATED = {
    "in the block": '<li><a href="/bai-{n}">{title}</a> <span class="d">{date}</span></li>',
    "before, in the block": '<li><span>{date}</span><h3><a href="/bai-{n}">{title}</a></h3><p>Tóm tắt 1/1.</p></li>',
    "in a table row": "<tr><td>{n}</td><td>{date}</td><td><a href='/bai-{n}'>{title}</a></td></tr>",
    "loose after": '<a href="/bai-{n}">{title}</a> ({date})<br>',
    "sibling after": '<dt><a href="/bai-{n}">{title}</a></dt><dd>{date}</dd>',
    "sibling before": '<div class="date">{date}</div><h3><a href="/bai-{n}">{title}</a></h3>',
    "beside a category": '<article><h2><a href="/bai-{n}">{title}</a></h2><a href="/cat/x">Tin tức</a> <i>{date}</i></article>',
    "in a time element": '<div><h2><a href="/bai-{n}">{title}</a></h2><time datetime="x">{date}</time></div>',
    "split": '<li><b>{d0}</b><i>Tháng {d1}, {d2}</i><a href="/bai-{n}">{title}</a></li>',
}


@pytest.mark.parametrize("place", DATED)
def test_find_links_when_a_date_stands_beside_then_each_link_has_its_own(place: str) -> None:
    dates = ["11/05/2022", "12/06/2022", "13/07/2022", "14/08/2022"]
    rows = [
        DATED[place].format(n=n, title=title, date=date, d0=date[:2], d1=date[3:5], d2=date[6:])
        for n, (title, date) in enumerate(zip(TITLES, dates, strict=True))
    ]
    html = "".join(rows)
    found = by_path(look(f"<table>{html}</table>" if "<tr>" in html else f"<div>{html}</div>"))
    digits = ["".join(char for char in found[f"bai-{n}"].date_text if char.isdigit()) for n in range(4)]
    assert digits == [date.replace("/", "") for date in dates]


def test_find_links_when_a_teaser_mentions_a_date_then_it_is_not_the_articles() -> None:
    text = "Sáng ngày 12/5/2024, tại hội trường Ủy ban nhân dân phường đã diễn ra hội nghị tổng kết công tác năm."
    [link] = look(f'<div><h3><a href="/bai-1">{TITLES[0]}</a></h3><p>{text}</p></div>').links
    assert link.date_text == ""


def test_find_links_when_a_list_has_parts_then_they_are_paging_in_order() -> None:
    items = "".join(f'<li><a href="/bai/{n}">{title}</a></li>' for n, title in enumerate(TITLES))
    pager = '<div class="pager"><a href="/tin-tuc?page=3">3</a> <a href="/tin-tuc?page=2">2</a> <a href="/tin-tuc?page=9">Cuối</a></div>'
    found = look(f"<ul>{items}</ul>{pager}")
    assert [link.url for link in found.links if link.role == "paging"] == [
        HOME + "tin-tuc?page=2",
        HOME + "tin-tuc?page=3",
    ]
    assert found.purpose == "listing"


def test_find_links_when_links_leave_the_portal_or_are_tools_then_drops_them() -> None:
    html = f"""<a href="https://khac.vn/bai-1">{TITLES[0]}</a><a href="mailto:a@b.vn">Thư</a><a href="/in/bai-1">In bài viết</a>
    <a href="javascript:__doPostBack('a','Page$2')">2</a><a href="/anh/a.jpg">Ảnh</a><a href="/bai-1?print=1">Bản in</a><a href="#">Đầu trang</a>"""
    assert look(html).links == ()


def test_find_links_when_documents_are_offered_then_are_attachments() -> None:
    html = '<a href="/upload/Kế hoạch 12.pdf">Kế hoạch</a><a href="/tai-ve?file=mau.docx">Mẫu đơn</a>'
    assert roles(look(html)) == {
        "upload/K%E1%BA%BF%20ho%E1%BA%A1ch%2012.pdf": "attachment",
        "tai-ve?file=mau.docx": "attachment",
    }


def test_find_links_when_the_head_declares_feeds_then_comments_are_left_out() -> None:
    head = """<link rel="alternate" type="application/rss+xml" title="Xã &raquo; Dòng bình luận" href="/comments-rss/">
    <link rel="alternate" type="application/rss+xml" title="Xã" href="/feed/">"""
    assert roles(look("<p>x</p>", head=head)) == {"feed/": "feed"}
    assert roles(look('<a href="/vi/news/rss/">RSS</a>')) == {"vi/news/rss/": "feed"}


def test_find_links_when_scripts_move_the_visitor_then_follows_the_address() -> None:
    html = f"""<div onclick="location.href='/bai-5'">x</div><a href="javascript:window.open('/bai-6')">{TITLES[0]}</a>
    <a href="#" onclick="window.location = '/bai-7'">{TITLES[1]}</a>"""
    assert {"bai-5", "bai-6", "bai-7"} <= set(roles(look(html)))


def test_find_links_when_base_is_given_then_resolves_against_it() -> None:
    assert set(roles(look('<a href="bai-1">x</a>', head='<base href="https://xa.example.vn/goc/">'))) == {"goc/bai-1"}


def test_find_links_when_shapes_have_a_record_then_it_counts() -> None:
    html = '<a href="/muc/12">Bảng tin</a><a href="/so/12">Sổ tay công tác đảng</a>'
    stats = {"/muc/#": PatternStat(articles=20), "/so/#": PatternStat(others=50)}
    assert roles(look(html, plan=make_plan(patterns=stats))) == {"muc/12": "article"}


def test_find_links_when_an_article_carries_a_pagers_trace_then_it_is_cut_off() -> None:
    found = look(f'<p><a href="/tin/hoi-nghi-tong-ket-cong-tac.html?Entries_page=3">{TITLES[0]}</a></p>')
    assert [link.url for link in found.links] == [HOME + "tin/hoi-nghi-tong-ket-cong-tac.html"]


def test_find_links_when_an_address_forgot_its_scheme_then_it_is_no_folder() -> None:
    assert look('<a href="www.khac.gov.vn">Cổng huyện</a>', "a/b/").links == ()


BODY = (
    "<p>" + "Sáng nay, tại hội trường phường đã diễn ra hội nghị tổng kết công tác năm với nhiều kết quả. " * 9 + "</p>"
)
RELATED = "".join(f'<li><a href="/bai/{n}">{title}</a></li>' for n, title in enumerate(TITLES))


@pytest.mark.parametrize(
    ("html", "path", "head", "purpose"),
    [
        (
            f"<h1>{TITLES[0]}</h1>{BODY}<ul>{RELATED}</ul>",
            "bai/9",
            f'<meta property="og:title" content="{TITLES[0]}">',
            "article",
        ),
        (f"<div>{TITLES[0]}</div>{BODY}<ul>{RELATED}</ul>", "chi-tiet?id=9", "", "article"),
        (f"<ul>{RELATED}</ul>", "tin-tuc", "", "listing"),
        (
            "".join(f'<div><h3><a href="/bai/{n}">{t}</a></h3>{BODY[:300]}</div>' for n, t in enumerate(TITLES)),
            "tin-tuc",
            "",
            "listing",
        ),
        (f"<h1>{TITLES[0]}</h1>{BODY}<ul>{RELATED}</ul>", "", "", "listing"),
        ("<p>Đang cập nhật</p>", "gioi-thieu", "", "unknown"),
        (
            f"<h1>Tin</h1><p>{'Ngắn gọn thôi. ' * 12}</p>",
            "tin-ngan",
            '<meta property="og:type" content="article">',
            "article",
        ),
        (
            f"<h1>Tin</h1><ul>{RELATED}</ul>",
            "tin",
            '<script type="application/ld+json">{"@type":"CollectionPage"}</script>',
            "listing",
        ),
    ],
)
def test_purpose_when_a_page_looks_so_then_is(html: str, path: str, head: str, purpose: str) -> None:
    assert look(html, path, head=head).purpose == purpose


def test_positions_when_links_are_ranked_then_count_within_their_role() -> None:
    items = "".join(f'<li><a href="/bai/{n}">{title}</a></li>' for n, title in enumerate(TITLES))
    found = look(f'<nav><a href="/a">Tin</a><a href="/b">Ảnh</a></nav><ul>{items}</ul>')
    assert [(link.role, link.position) for link in found.links] == [
        *(("article", n) for n in range(4)),
        ("listing", 0),
        ("listing", 1),
    ]
