"""Liferay 6.2 as in Bắc Ninh: `/web/<ward>/news/-/details/<id>/<slug>`, portlet paging, pop-up prints.

The portal is one site group of a shared Liferay: `/web/phuong-dong-ky` belongs to another ward and must not be
asked for. A fair judge tolerates `/web/<ward>/gioi-thieu`, `/bo-may` and `/lien-he` either way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import BASE, Portal, newest
from tests.unseen.model import Markup, Story, esc, iso, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "phường Trang Liệt"
ROOT = "/web/phuong-trang-liet"
SECTIONS = ("Tin tức sự kiện", "Đảng - Đoàn thể", "Giáo dục - Y tế", "Thông báo")
PORTLET = "101_INSTANCE_5h3xQ2kZ9wLp"


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<p style="text-align: center;">\
<img alt="" src="/documents/20182/{story.number}45/anh{number}.jpg?t=15{story.number:08d}" style="width: 550px; \
height: 366px;" /></p>\n'
        f'<p style="text-align: center;"><em>{caption}</em></p>'
    )


MARKUP = Markup(
    p='<p style="text-align: justify; text-indent: 28.35pt;">{}</p>',
    h='<p style="text-align: justify; text-indent: 28.35pt;"><strong>{}</strong></p>',
    ul="{}",
    li='<p style="text-align: justify; text-indent: 28.35pt;">{}</p>',
    table='<table border="1" cellpadding="1" cellspacing="1" style="width: 100%;"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td="<td>{}</td>",
    figure=_figure,
)


class LiferayBacNinh(Portal):
    """A ward's site group on the town's Liferay."""

    name = "liferay_bacninh"
    platform = "liferay-6-bacninh"
    entry = ROOT
    off_limits = ("/web/phuong-dong-ky", "/web/guest")

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=29, hamlet="khu phố", gap=7)
        other = "<html><body><h1>Trang của đơn vị khác</h1><a href='/web/phuong-dong-ky/news'>Tin</a></body></html>"
        for path in ("/", "/web/guest", "/web/phuong-dong-ky", "/web/phuong-dong-ky/news"):
            self.add(path, lambda hit: other)
        for path in (ROOT, f"{ROOT}/trang-chu"):
            self.add(path, self.home)
        for section in SECTIONS:
            self.lists(section, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            self.add(f"{self.path(story)}?p_p_state=pop_up&p_p_mode=print", partial(self.printed, story))
            files = tuple(f"/documents/20182/{story.number}77/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    published_at=iso(story.when),
                    published_precision="minute",
                    attachments=files,
                    boilerplate=(
                        "Số lượt xem:",
                        "Phiên làm việc của bạn",
                        "Các bài đã đăng",
                        "Truy cập nội dung luôn",
                        "Bản để in",
                    ),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for name, title, content, soft in (
            ("gioi-thieu", "Giới thiệu", about, True),
            ("bo-may", "Bộ máy tổ chức", "<table><tr><td>Bí thư Đảng ủy</td><td>0222.3831.001</td></tr></table>", True),
            ("lien-he", "Liên hệ", "<p>Khu phố Bính Hạ</p>", True),
            (
                "thu-tuc-hanh-chinh",
                "Thủ tục hành chính",
                "".join(f"<li>{row}</li>" for row in furniture.PROCEDURES),
                True,
            ),
            ("search", "Tìm kiếm", "<form><input name='keywords'></form>", False),
            ("hoi-dap", "Hỏi đáp", "<div>Chưa có câu hỏi nào.</div>", False),
        ):
            self.add(
                f"{ROOT}/{name}",
                partial(self.page, title, f'<div class="journal-content-article">{content}</div>'),
                tolerated=soft,
            )
        self.add("/c/portal/login", lambda hit: "<html><body><form>Tên truy cập <input></form></body></html>")

    def path(self, story: Story) -> str:
        slug = re.sub(r"[đĐ]", "", story.title)
        return f"{ROOT}/news/-/details/{7478191 - story.number * 1013}/{slugify(slug)[:110]}"

    def home(self, hit: int) -> str:
        rows = "".join(
            f"""<div class="portlet-boundary portlet-boundary_101_" id="p_p_id_{PORTLET}{place}_">\
<header class="portlet-topper"><h1 class="portlet-title"><span class="portlet-title-text">\
<a href="{ROOT}/{slugify(name)}">{name}</a></span></h1></header>
<div class="portlet-content">{
                "".join(
                    f'<div class="asset-abstract"><h3 class="asset-title">'
                    f'<a href="{BASE}{self.path(row)}?redirect=%2Fweb%2Fphuong-trang-liet">{esc(row.title)}</a></h3>'
                    f"</div>"
                    for row in newest(self.stories, 4, name)
                )
            }</div></div>"""
            for place, name in enumerate(SECTIONS)
        )
        return self.page("Trang chủ", rows, hit)

    def lists(self, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 5)
        path = f"{ROOT}/{slugify(section)}"
        query = f"p_p_id={PORTLET}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=column-2&p_p_col_count=1\
&_{PORTLET}_delta=5&p_r_p_564233524_resetCur=false&_{PORTLET}_cur="
        for number, part in enumerate(parts, 1):
            items = "".join(
                f'<div class="asset-abstract default-asset-publisher"><h3 class="asset-title">\
<a href="{self.path(row)}">{esc(row.title)}</a></h3><div class="asset-summary">{esc(row.excerpt)}</div>\
<div class="asset-more"><a href="{self.path(row)}">Đọc tiếp »</a></div></div>'
                for row in part
            )
            steps = "".join(
                f'<li class="{"active" if other == number else ""}"><a href="{path}?{esc(query)}{other}">{other}</a>\
</li>'
                for other in range(1, len(parts) + 1)
            )
            nav = f'<div class="taglib-page-iterator"><small class="search-results">Hiển thị kết quả {number}</small>\
<ul class="pagination">{steps}</ul></div>'
            main = f'<div class="portlet-content"><h1 class="portlet-title">{section}</h1>{items}{nav}</div>'
            self.add(f"{path}?{query}{number}", partial(self.page, section, main))
            if number == 1:
                self.add(path, partial(self.page, section, main))

    def content(self, story: Story, hit: int) -> str:
        sign = esc(story.signature("{author}"))
        files = "".join(
            f'<p><a href="/documents/20182/{story.number}77/{file.name}">{esc(file.label)}</a></p>'
            for file in story.files
        )
        byline = f'<p style="text-align: right;"><strong>{sign}</strong></p>' if sign else ""
        return f"""<div class="news-detail"><div class="title-news">{esc(story.title)}</div>\
<div class="date-news">{story.when:%d/%m/%Y %H:%M} <span>Số lượt xem: {furniture.views(story.number, hit)}</span></div>
<div class="content-news">{MARKUP.body(story, lead=True)}{files}{byline}</div></div>"""

    def printed(self, story: Story, hit: int) -> str:
        return f'<html><head><title>{esc(story.title)}</title></head><body class="portal-popup">\
<div class="portlet-content">{self.content(story, hit)}</div></body></html>'

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row.number > story.number][:6]
        others = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)}</a> ({row.when:%d/%m/%Y})</li>' for row in rows
        )
        main = f"""<div class="portlet-boundary" id="p_p_id_newsdetail_WAR_cms_">\
<div class="portlet-content">{self.content(story, hit)}
<div class="tools"><a href="{self.path(story)}?p_p_state=pop_up&amp;p_p_mode=print" title="Bản để in">Bản để in</a>\
</div>
<div class="other-news"><div class="other-title">Các bài đã đăng</div><ul>{others}</ul></div></div></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        now, seen = furniture.clock(hit), furniture.visits(hit)
        menu = "".join(
            f'<li role="presentation"><a href="{ROOT}/{slugify(name)}" role="menuitem"><span>{name}</span></a></li>'
            for name in SECTIONS
        )
        new = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in newest(self.stories, 6))
        links = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        return f"""<!DOCTYPE html><html class="aui ltr" dir="ltr" lang="vi-VN"><head>\
<title>{esc(title)} - {UNIT}</title><meta content="text/html; charset=UTF-8" http-equiv="content-type" />
<link href="/html/themes/bacninh/css/main.css?t={hit}" rel="stylesheet" />\
<style>{furniture.css(self.name, 12)}</style>\
<script>var Liferay=Liferay||{{}};Liferay.authToken="{hit:08x}";{furniture.js(self.name, 16)}</script></head>
<body class="yui3-skin-sam controls-visible public-page site"><a href="#main-content" id="skip-to-content">Truy cập \
nội dung luôn</a><div class="container-fluid" id="wrapper">
<header id="banner" role="banner"><div id="heading"><h1 class="site-title"><a class="logo" href="{ROOT}">\
<img alt="{UNIT}" src="/image/layout_set_logo?img_id=1" /></a></h1></div>\
<div class="date">{furniture.WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y, %H:%M} [GMT+7]</div>
<nav id="navigation" role="navigation"><ul role="menubar"><li><a href="{ROOT}/trang-chu">\
<span>Trang chủ</span></a></li><li><a href="{ROOT}/gioi-thieu"><span>Giới thiệu</span></a></li><li>\
<a href="{ROOT}/bo-may"><span>Bộ máy</span></a></li>{menu}<li><a href="{ROOT}/thu-tuc-hanh-chinh">Thủ tục</a></li>\
<li><a href="{ROOT}/hoi-dap">Hỏi đáp</a></li><li><a href="{ROOT}/lien-he">Liên hệ</a></li></ul></nav></header>
<div id="content"><div class="columns-2" id="main-content" role="main"><div class="span8" id="column-2">{main}</div>\
<div class="span4" id="column-3"><div class="box"><h3>Tin mới nhất</h3><ul>{new}</ul></div>
<div class="box"><h3>Các phường, xã</h3><ul><li><a href="/web/phuong-dong-ky">Phường Đông Kỵ</a></li><li>\
<a href="/web/guest">Thị xã</a></li></ul></div><div class="box"><select>{links}</select></div>
<div class="box"><h3>Thống kê truy cập</h3><p>Đang truy cập : {seen["online"]}</p>\
<p>Tổng lượt truy cập : {seen["total"]}</p></div></div></div></div>
<footer id="footer" role="contentinfo"><p>Đơn vị quản lý: UBND {UNIT}</p><p><a href="{ROOT}/search">Tìm kiếm</a> \
<a href="/c/portal/login?p_l_id=20184" rel="nofollow">Đăng nhập</a></p></footer></div>
<div class="taglib-session hide">Phiên làm việc của bạn đã hết hạn. Để tiếp tục, vui lòng đăng nhập lại.</div></body>\
</html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page(
            "Trạng thái", '<div class="alert alert-error">Không tìm thấy tài nguyên được yêu cầu.</div>', hit
        )
