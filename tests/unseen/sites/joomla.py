"""Joomla 3: a timestamp for a category, `?start=`, print and mail copies, one article below two menu items.

A fair judge tolerates "Giới thiệu", "Cơ cấu tổ chức" and "Liên hệ" either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import BASE, Portal, newest
from tests.unseen.model import Markup, Story, esc, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "phường Hòa Thuận Nam"
ROOT = "/index.php/2012-11-27-12-52-23"
SECTIONS = ("Tin hoạt động phường", "Mặt trận - Đoàn thể", "Gương điển hình", "Thông báo")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<p style="text-align: center;">\
<img src="/images/{story.when:%Y}/thang{story.when:%m}/a{story.number}{number}.JPG" border="0" width="500" \
height="375" alt="" /></p>'
        f'<p style="text-align: center;"><em><span style="font-size: 10pt;">{caption}</span></em></p>'
    )


MARKUP = Markup(
    p='<p style="text-align: justify;"><span style="font-size: 12pt; font-family: \
arial,helvetica,sans-serif;">&nbsp;&nbsp;&nbsp; {}</span></p>',
    h='<p style="text-align: justify;"><span style="font-size: 12pt;"><strong>{}</strong></span></p>',
    ul="<ul>{}</ul>",
    li="<li>{}</li>",
    table='<table class="MsoTableGrid" border="1" cellspacing="0" cellpadding="0"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td='<td valign="top" width="160"><p class="MsoNormal">{}</p></td>',
    figure=_figure,
)


class Joomla(Portal):
    """A city ward on Joomla 3."""

    name = "joomla"
    platform = "joomla"

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=32, hamlet="tổ dân phố", gap=8)
        self.add("/", self.home)
        self.add("/index.php", self.home)
        for section in SECTIONS:
            rows = [story for story in self.stories if story.section == section]
            self.lists(f"{ROOT}/{slugify(section)}", section, rows, 5)
        for story in self.stories:
            path = self.path(story)
            self.add(path, partial(self.article, story))
            self.add(self.featured(story), partial(self.article, story))
            self.add(f"{path}?tmpl=component&print=1&layout=default&page=", partial(self.printed, story))
            self.add(
                self.mail(story),
                lambda hit: "<html><body><form id='mailtoForm'>Gửi liên kết này tới bạn bè</form></body></html>",
            )
            files = tuple(f"/images/vanban/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    path,
                    attachments=files,
                    boilerplate=(
                        "Lượt xem:",
                        "Được đăng:",
                        "Chuyên mục:",
                        "Tin mới hơn",
                        "Tin cũ hơn",
                        "In trang này",
                        "Trang trước",
                    ),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for path, title, content, soft in (
            ("/index.php/gioi-thieu", "Giới thiệu", about, True),
            (
                "/index.php/co-cau-to-chuc",
                "Cơ cấu tổ chức",
                "<p>Bí thư Đảng ủy: 0236.3222.001</p><p>Chủ tịch: 0236.3222.002</p>",
                True,
            ),
            ("/index.php/lien-he", "Liên hệ", '<div class="contact"><form></form></div>', True),
            ("/index.php/component/users/?view=login", "Đăng nhập", '<div class="login"><form></form></div>', False),
            (
                "/index.php/component/users/?view=reset",
                "Quên mật khẩu",
                '<div class="reset"><form></form></div>',
                False,
            ),
            ("/index.php/component/search/", "Tìm kiếm", '<form id="searchForm"></form>', False),
            (
                "/index.php/thu-tuc-hanh-chinh",
                "Thủ tục hành chính",
                "".join(f"<p>{name}</p>" for name in furniture.PROCEDURES),
                True,
            ),
            ("/index.php/video-clip", "Video clip", '<object data="/media/a.swf"></object>' * 3, False),
        ):
            main = f'<div class="item-page"><div class="page-header"><h2>{title}</h2></div>{content}</div>'
            self.add(path, partial(self.page, title, main), tolerated=soft)

    def path(self, story: Story) -> str:
        return f"{ROOT}/{slugify(story.section)}/{724 - story.number}-{story.slug[:70].rstrip('-')}"

    def featured(self, story: Story) -> str:
        """The same article below the menu item of the front page."""
        return f"/index.php/{724 - story.number}-{story.slug[:70].rstrip('-')}"

    @staticmethod
    def mail(story: Story) -> str:
        return f"/index.php/component/mailto/?tmpl=component&template=protostar&link=aHR0cDovL2{story.number:04d}"

    def home(self, hit: int) -> str:
        rows = newest(self.stories, 5)
        items = "".join(
            f'<div class="items-row cols-1 row-{place}"><div class="item column-1"><div class="page-header">\
<h2 class="item-title"><a href="{self.featured(row)}">{esc(row.title)}</a></h2></div>'
            f'<p>{esc(row.excerpt)}</p><p class="readmore"><a class="btn" href="{self.featured(row)}">Đọc thêm...</a>\
</p></div></div>'
            for place, row in enumerate(rows)
        )
        blocks = "".join(
            f'<div class="moduletable"><h3><a href="{ROOT}/{slugify(name)}">{name}</a></h3><ul class="latestnews">'
            + "".join(
                f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in newest(self.stories, 3, name)
            )
            + "</ul></div>"
            for name in SECTIONS
        )
        return self.page("Trang chủ", f'<div class="blog-featured">{items}</div>{blocks}', hit)

    def lists(self, path: str, section: str, rows: Sequence[Story], size: int) -> None:
        parts = pages_of(rows, size)
        for number, part in enumerate(parts):
            items = "".join(
                f"""<div class="items-row"><div class="item"><div class="page-header"><h2>\
<a href="{self.path(row)}">{esc(row.title)}</a></h2></div>
<dl class="article-info muted"><dt class="article-info-term">Chi tiết</dt>\
<dd class="published">Được đăng: {_date(row)}</dd></dl>
<p>{esc(row.excerpt)}</p><p class="readmore"><a class="btn" href="{self.path(row)}">\
<span class="icon-chevron-right"></span>Đọc thêm: {esc(row.title)}</a></p></div></div>"""
                for row in part
            )
            nav = "".join(
                f'<li><span class="pagenav">{other + 1}</span></li>'
                if other == number
                else f'<li><a href="{path}{f"?start={other * size}" if other else ""}" class="pagenav">{other + 1}\
</a></li>'
                for other in range(len(parts))
            )
            counter = f'<p class="counter pull-right">Trang {number + 1} / {len(parts)}</p>'
            main = f'<div class="blog"><h1>{section}</h1>{items}<div class="pagination">{counter}\
<ul>{nav}</ul></div></div>'
            self.add(f"{path}?start={number * size}" if number else path, partial(self.page, section, main))
        feed = "".join(
            f"<item><title>{esc(row.title)}</title><link>{BASE}{self.path(row)}</link></item>" for row in rows[:10]
        )
        self.data(
            f"{path}?format=feed&type=rss",
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{section}</title>\
<link>{BASE}</link>{feed}</channel></rss>',
            "application/rss+xml; charset=utf-8",
        )

    def content(self, story: Story) -> str:
        files = "".join(
            f'<p><a href="/images/vanban/{file.name}" target="_blank">{esc(file.label)}</a></p>' for file in story.files
        )
        sign = esc(story.signature("Tin và ảnh: {author}") if story.captions else story.signature("Tin: {author}"))
        byline = (
            f'<p style="text-align: right;"><span style="font-size: 12pt;"><strong>{sign}</strong></span></p>'
            if sign
            else ""
        )
        return f'<div itemprop="articleBody">{MARKUP.body(story, lead=True)}{files}{byline}</div>'

    def info(self, story: Story, hit: int) -> str:
        return f"""<dl class="article-info muted"><dt class="article-info-term">Chi tiết</dt>
<dd class="category-name">Chuyên mục: <a href="{ROOT}/{slugify(story.section)}" itemprop="genre">{story.section}</a>\
</dd>
<dd class="published"><span class="icon-calendar"></span> <time datetime="{story.when:%Y-%m-%dT%H:%M:%S}+07:00" \
itemprop="datePublished">Được đăng: {_date(story)}</time></dd>
<dd class="hits"><span class="icon-eye-open"></span><meta itemprop="interactionCount" \
content="UserPageVisits:{furniture.views(story.number, hit)}" />Lượt xem: {furniture.views(story.number, hit)}</dd>\
</dl>"""

    def printed(self, story: Story, hit: int) -> str:
        return f"""<!DOCTYPE html><html lang="vi-vn"><head><title>{esc(story.title)}</title>\
<meta name="robots" content="noindex, nofollow" /></head>
<body class="contentpane modal"><div class="item-page"><div id="pop-print" class="btn">\
<a href="#" onclick="window.print();return false;">In trang này</a></div>
<h2>{esc(story.title)}</h2>{self.info(story, hit)}{self.content(story)}</div></body></html>"""

    def article(self, story: Story, hit: int) -> str:
        path = self.path(story)
        rows = [row for row in self.stories if row.section == story.section]
        place = rows.index(story)
        pager = ""
        if place:
            pager += f'<li class="previous"><a href="{self.path(rows[place - 1])}" rel="prev" \
title="{esc(rows[place - 1].title)}">Trang trước</a></li>'
        if place + 1 < len(rows):
            pager += f'<li class="next"><a href="{self.path(rows[place + 1])}" rel="next" \
title="{esc(rows[place + 1].title)}">Trang sau</a></li>'
        newer = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)} ({row.when:%d/%m/%Y})</a></li>'
            for row in rows[max(0, place - 3) : place]
        )
        older = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)} ({row.when:%d/%m/%Y})</a></li>'
            for row in rows[place + 1 : place + 5]
        )
        main = f"""<div class="item-page" itemscope itemtype="https://schema.org/Article">\
<meta itemprop="inLanguage" content="vi-VN" />
<div class="page-header"><h2 itemprop="headline">{esc(story.title)}</h2></div>
<div class="icons"><div class="btn-group pull-right"><a class="btn dropdown-toggle" href="#">\
<span class="icon-cog"></span></a><ul class="dropdown-menu">
<li class="print-icon"><a href="{path}?tmpl=component&amp;print=1&amp;layout=default&amp;page=" rel="nofollow">In</a>\
</li>
<li class="email-icon"><a href="{esc(self.mail(story))}" rel="nofollow">Email</a></li></ul></div></div>
{self.info(story, hit)}{self.content(story)}
<ul class="pager pagenav">{pager}</ul>
<div class="moduletable"><h3>Tin mới hơn:</h3><ul>{newer}</ul><h3>Tin cũ hơn:</h3><ul>{older}</ul></div></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        now, seen = furniture.clock(hit), furniture.visits(hit)
        menu = "".join(f'<li class="item"><a href="{ROOT}/{slugify(name)}">{name}</a></li>' for name in SECTIONS)
        read = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in self.stories[5:32:5])
        links = "".join(
            f'<p><a href="{url}" target="_blank"><img src="/images/banners/{number}.png" alt="{name}" /></a></p>'
            for number, (name, url) in enumerate(furniture.EXTERNAL)
        )
        return f"""<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="vi-vn" lang="vi-vn" dir="ltr">\
<head><base href="{BASE}/" />
<meta http-equiv="content-type" content="text/html; charset=utf-8" /><meta name="generator" content="Joomla! - Open \
Source Content Management" />
<title>{esc(title)}</title><script type="application/json" class="joomla-script-options \
new">{{"csrf.token":"{hit:032x}"}}</script>
<style>{furniture.css(self.name, 14)}</style><script>{furniture.js(self.name, 14)}</script></head>\
<body class="site com_content view-article">
<div class="body"><div class="container"><header class="header"><a class="brand pull-left" href="/">\
<img src="/images/banner_hoathuan.jpg" alt="{UNIT}" /></a>
<div class="header-search"><form action="/index.php/component/search/">\
<label class="element-invisible">Tìm kiếm...</label><input name="searchword" placeholder="Tìm kiếm..." /></form>\
</div></header>
<nav class="navigation"><ul class="nav menu nav-pills"><li class="item-101 default current active">\
<a href="/">Trang chủ</a></li><li><a href="/index.php/gioi-thieu">Giới thiệu</a></li>
<li><a href="/index.php/co-cau-to-chuc">Cơ cấu tổ chức</a></li>{menu}<li>\
<a href="/index.php/thu-tuc-hanh-chinh">Thủ tục</a></li><li><a href="/index.php/video-clip">Video</a></li><li>\
<a href="/index.php/lien-he">Liên hệ</a></li></ul></nav>
<p class="today">Hôm nay: {furniture.WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y %H:%M}</p>
<div class="row-fluid"><main id="content" role="main" class="span9"><div id="system-message-container"></div>{main}
<ul class="breadcrumb"><li class="active">Bạn đang ở: &#160;</li><li><a href="/" class="pathway">Trang chủ</a></li>\
</ul></main>
<div id="aside" class="span3"><div class="well"><h3 class="page-header">Xem nhiều nhất</h3>\
<ul class="mostread">{read}</ul></div>
<div class="well"><h3 class="page-header">Đăng nhập</h3><form id="login-form"><input placeholder="Tài khoản" />\
<a href="/index.php/component/users/?view=reset">Quên mật khẩu?</a>
<a href="/index.php/component/users/?view=login">Đăng nhập</a></form></div><div class="well">\
<h3 class="page-header">Liên kết</h3>{links}</div>
<div class="well"><h3 class="page-header">Số lượt truy cập</h3><div>Hôm nay {seen["today"]}</div>\
<div>Trong tháng {seen["month"]}</div><div>Tất cả {seen["total"]}</div></div></div></div></div></div>
<footer class="footer"><p class="pull-right"><a href="#top" id="back-top">Về đầu trang</a></p>\
<p>&copy; 2026 UBND {UNIT}</p></footer></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return "<html><head><title>404 - Lỗi: 404</title></head><body><h1>404</h1><p>Không tìm thấy trang</p>\
<a href='/'>Trang chủ</a></body></html>"


def _date(story: Story) -> str:
    return f"{story.when.day:02d} Tháng {story.when.month} {story.when.year}"
