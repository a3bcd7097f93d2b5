"""Drupal 7: each article answers at its alias and at `/node/<id>`; paging from zero; views, taxonomy terms, a poll.

A fair judge tolerates "Giới thiệu", "Bộ máy" and "Liên hệ" either way; taxonomy terms, the poll and user pages are
no articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import BASE, Portal, newest
from tests.unseen.model import Markup, Story, esc, iso, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "xã Chiêm Hòa"
SECTIONS = ("Tin hoạt động", "Kinh tế", "Văn hóa - Xã hội", "Thông báo")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<p class="rtecenter"><img alt="" \
src="/sites/default/files/images/{story.when:%Y}/h{story.number}_{number}.jpg" style="width: 600px; height: 400px;" \
/></p>'
        f'<p class="rtecenter"><em>{caption}</em></p>'
    )


MARKUP = Markup(
    p='<p class="rtejustify">{}</p>',
    h='<p class="rtejustify"><strong>{}</strong></p>',
    ul="<ul>{}</ul>",
    li='<li class="rtejustify">{}</li>',
    table='<table border="1" cellpadding="0" cellspacing="0"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td='<td><p class="rtecenter">{}</p></td>',
    figure=_figure,
)


class Drupal(Portal):
    """A mountain commune on Drupal 7 with the Bartik theme."""

    name = "drupal"
    platform = "drupal"

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=30, gap=9)
        front = pages_of(self.stories, 7)
        for number, part in enumerate(front):
            main = self.view("frontpage", part, "/node", number, len(front))
            self.add(f"/node?page={number}" if number else "/node", partial(self.page, "", main))
        self.add("/", self.home)
        for place, section in enumerate(SECTIONS):
            parts = pages_of([story for story in self.stories if story.section == section], 6)
            for number, part in enumerate(parts):
                path = f"/{slugify(section)}"
                main = f'<h1 class="title" id="page-title">{section}</h1>' + self.view(
                    "tin_tuc", part, path, number, len(parts)
                )
                self.add(f"{path}?page={number}" if number else path, partial(self.page, section, main))
                term = f"/taxonomy/term/{place + 3}"
                main = f'<h1 class="title" id="page-title">{section}</h1>' + self.view(
                    "taxonomy", part, term, number, len(parts)
                )
                self.add(f"{term}?page={number}" if number else term, partial(self.page, section, main))
        for story in self.stories:
            self.add(self.alias(story), partial(self.node, story))
            self.add(self.node_path(story), partial(self.node, story))
            self.add(f"/print{self.node_path(story)}", partial(self.printed, story), tolerated=False)
            files = tuple(f"/sites/default/files/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.alias(story),
                    published_at=iso(story.when),
                    published_precision="minute",
                    attachments=files,
                    boilerplate=(
                        "Tài liệu đính kèm",
                        "Printer-friendly version",
                        "Skip to main content",
                        "Tin liên quan",
                        "Đăng bởi",
                    ),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for path, title, content in (
            ("/gioi-thieu", "Giới thiệu", about),
            ("/bo-may", "Bộ máy tổ chức", "<table><tr><td>Chủ tịch</td><td>0204.3886.001</td></tr></table>"),
            ("/contact", "Liên hệ", '<form id="contact-site-form"><label>Tên của bạn</label><input></form>'),
            (
                "/poll/12",
                "Bạn thấy trang thông tin này thế nào?",
                '<div class="poll"><div class="bar"></div>Rất tốt 61%<br>Tốt 30%</div>',
            ),
            ("/user", "Tài khoản", '<form id="user-login"><label>Tên truy cập</label></form>'),
            ("/user/3", "bientap", '<div class="profile">Thành viên được 6 năm</div>'),
            (
                "/thu-tuc",
                "Thủ tục hành chính",
                "".join(f'<div class="views-row">{name}</div>' for name in furniture.PROCEDURES),
            ),
        ):
            main = f'<h1 class="title" id="page-title">{title}</h1><div class="content">{content}</div>'
            self.add(
                path,
                partial(self.page, title, main),
                tolerated=path in ("/gioi-thieu", "/bo-may", "/contact", "/thu-tuc"),
            )
        self.data(
            "/robots.txt",
            "User-agent: *\nCrawl-delay: 0\nDisallow: /user/\nDisallow: /admin/\nDisallow: /search/\n",
            "text/plain",
        )
        items = "".join(
            f"<item><title>{esc(row.title)}</title><link>{BASE}{self.alias(row)}</link>\
<guid>{row.number} at {BASE}</guid></item>"
            for row in self.stories[:10]
        )
        head = '<?xml version="1.0" encoding="utf-8" ?><rss version="2.0"><channel><title>Chiêm Hòa</title>'
        self.data("/rss.xml", f"{head}<link>{BASE}</link>{items}</channel></rss>", "application/rss+xml; charset=utf-8")

    @staticmethod
    def alias(story: Story) -> str:
        return f"/{story.slug[:100].rstrip('-')}"

    @staticmethod
    def node_path(story: Story) -> str:
        return f"/node/{7698 - story.number * 3}"

    def link(self, story: Story) -> str:
        """Some blocks were made with node addresses, others with aliases."""
        return self.node_path(story) if story.number % 5 == 0 else self.alias(story)

    def home(self, hit: int) -> str:
        blocks = "".join(
            f'<div class="block block-views"><h2>{section}</h2><div class="content"><div class="item-list"><ul>'
            + "".join(
                f'<li class="views-row"><span class="field-content"><a href="{self.link(row)}">{esc(row.title)}</a>\
</span></li>'
                for row in newest(self.stories, 4, section)
            )
            + f'</ul></div><div class="more-link"><a href="/{slugify(section)}">Xem thêm</a></div></div></div>'
            for section in SECTIONS
        )
        return self.page("", f'<div id="block-views-front">{blocks}</div><a href="/node">Tất cả bài viết</a>', hit)

    def view(self, name: str, rows: Sequence[Story], path: str, number: int, count: int) -> str:
        items = "".join(
            f'<div class="views-row views-row-{place}"><div class="views-field views-field-title">\
<span class="field-content"><a href="{self.alias(row)}">{esc(row.title)}</a></span></div>'
            f'<div class="views-field views-field-created"><span class="field-content">{row.when:%d/%m/%Y - %H:%M}\
</span></div>'
            f'<div class="views-field views-field-body"><div class="field-content">\
<p>{esc(row.excerpt)}</p></div></div></div>'
            for place, row in enumerate(rows, 1)
        )
        pager = ""
        for other in range(count):
            address = f"{path}?page={other}" if other else path
            pager += (
                f'<li class="pager-current">{other + 1}</li>'
                if other == number
                else f'<li class="pager-item"><a title="Đến trang {other + 1}" href="{address}">{other + 1}</a></li>'
            )
        pager = (
            f'<h2 class="element-invisible">Trang</h2><div class="item-list"><ul class="pager">{pager}</ul></div>'
            if count > 1
            else ""
        )
        return (
            f'<div class="view view-{name} view-display-id-page"><div class="view-content">{items}</div>{pager}</div>'
        )

    def printed(self, story: Story, hit: int) -> str:
        return f"""<!DOCTYPE html><html xml:lang="vi"><head><title>{esc(story.title)}</title>\
<link rel="canonical" href="{self.alias(story)}">
<meta name="robots" content="noindex, nofollow, noarchive"></head><body>\
<div class="print-site_name">Được xuất bản trên <em>{UNIT}</em> ({BASE})</div>
<h1 class="print-title">{esc(story.title)}</h1><div class="print-content">{MARKUP.body(story, lead=True)}</div>
<div class="print-footer"></div><div class="print-source_url">URL nguồn: {BASE}{self.node_path(story)}</div></body>\
</html>"""

    def node(self, story: Story, hit: int) -> str:
        weekday = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")[story.when.weekday()]
        number = self.node_path(story)[6:]
        rows = [row for row in self.stories if row.section == story.section and row is not story][:5]
        related = "".join(f'<li><a href="{self.alias(row)}">{esc(row.title)}</a></li>' for row in rows)
        files = "".join(
            f'<span class="file"><img class="file-icon" alt="" src="/modules/file/icons/application-pdf.png" /> \
<a href="/sites/default/files/{file.name}" type="application/pdf; length=1843">{esc(file.label)}</a></span>'
            for file in story.files
        )
        attached = (
            f'<div class="field field-name-field-tep field-type-file field-label-above">\
<div class="field-label">Tài liệu đính kèm:&nbsp;</div><div class="field-items">{files}</div></div>'
            if files
            else ""
        )
        sign = esc(story.signature("{author}"))
        byline = f'<p class="rteright"><strong>{sign}</strong></p>' if sign else ""
        main = f"""<h1 class="title" id="page-title">{esc(story.title)}</h1><div class="tabs"></div>
<div class="region region-content"><div id="block-system-main" class="block block-system"><div class="content">
<div id="node-{number}" class="node node-article node-promoted node-full clearfix" about="{self.alias(story)}" \
typeof="sioc:Item foaf:Document">
<span property="dc:title" content="{esc(story.title)}" class="rdf-meta element-hidden"></span>
<div class="meta submitted"><span property="dc:date dc:created" content="{iso(story.when)}" datatype="xsd:dateTime" \
rel="sioc:has_creator">Đăng bởi
<a href="/user/3" class="username" typeof="sioc:UserAccount">bientap</a> vào {weekday}, {story.when:%d/%m/%Y - %H:%M}\
</span></div>
<div class="content clearfix"><div class="field field-name-body field-type-text-with-summary field-label-hidden">\
<div class="field-items"><div class="field-item even" property="content:encoded">
{MARKUP.body(story, lead=True)}{byline}</div></div></div>{attached}
<div class="field field-name-field-tags"><ul class="links"><li class="taxonomy-term-reference-0">\
<a href="/taxonomy/term/{SECTIONS.index(story.section) + 3}">{story.section}</a></li></ul></div></div>
<div class="link-wrapper"><ul class="links inline"><li class="print_html first">\
<a href="/print{self.node_path(story)}" rel="nofollow">Printer-friendly version</a></li>
<li class="statistics_counter"><span>{furniture.views(story.number, hit)} lượt xem</span></li></ul></div></div></div>\
</div>
<div class="block block-views"><h2>Tin liên quan</h2><div class="content"><ul>{related}</ul></div></div></div>"""
        canonical = f'<link rel="canonical" href="{self.alias(story)}" /><link rel="shortlink" href="/node/{number}" />'
        return self.page(story.title, main, hit, canonical)

    def page(self, title: str, main: str, hit: int, head: str = "") -> str:
        seen = furniture.visits(hit)
        menu = "".join(f'<li class="leaf"><a href="/{slugify(name)}">{name}</a></li>' for name in SECTIONS)
        read = "".join(f'<li><a href="{self.link(row)}">{esc(row.title)}</a></li>' for row in self.stories[3:28:4])
        links = "".join(
            f'<li class="leaf"><a href="{url}" target="_blank">{name}</a></li>' for name, url in furniture.EXTERNAL
        )
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML+RDFa 1.0//EN" \
"http://www.w3.org/MarkUp/DTD/xhtml-rdfa-1.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="vi" version="XHTML+RDFa 1.0" dir="ltr"><head>\
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta name="Generator" content="Drupal 7 (http://drupal.org)" />{head}<title>{
            esc(title) + " | " if title else ""
        }Trang thông tin điện tử {UNIT}</title>
<style type="text/css" media="all">{furniture.css(self.name, 16)}</style>\
<script>{furniture.js(self.name, 12)}</script></head>
<body class="html {"front" if not title else "not-front"} not-logged-in one-sidebar sidebar-first page-node">
<div id="skip-link"><a href="#main-content" class="element-invisible element-focusable">Skip to main content</a></div>
<div id="page-wrapper"><div id="page"><div id="header" class="with-secondary-menu"><div class="section clearfix">\
<a href="/" rel="home" id="logo"><img src="/sites/default/files/logo.png" alt="Home" /></a>
<div id="name-and-slogan"><div id="site-name"><strong><a href="/">{UNIT.upper()}</a></strong></div>\
<div id="site-slogan">Đoàn kết - Dân chủ - Kỷ cương - Phát triển</div></div>
<div id="main-menu" class="navigation"><h2 class="element-invisible">Main menu</h2><ul class="links clearfix">\
<li class="first"><a href="/">Trang chủ</a></li>
<li><a href="/gioi-thieu">Giới thiệu</a></li><li><a href="/bo-may">Bộ máy</a></li>{menu}<li>\
<a href="/thu-tuc">Thủ tục</a></li><li><a href="/contact">Liên hệ</a></li></ul></div></div></div>
<div id="main-wrapper"><div id="main" class="clearfix"><div id="breadcrumb">\
<h2 class="element-invisible">You are here</h2><div class="breadcrumb"><a href="/">Trang chủ</a></div></div>
<div id="content" class="column"><div class="section"><a id="main-content"></a>{main}</div></div>
<div id="sidebar-first" class="column sidebar"><div class="section"><div class="region region-sidebar-first">
<div class="block block-search"><form><label class="element-invisible">Biểu mẫu tìm kiếm</label>\
<input name="search_block_form" /></form></div>
<div class="block block-views"><h2>Đọc nhiều nhất</h2><div class="content"><ul>{read}</ul></div></div>
<div class="block block-menu"><h2>Liên kết website</h2><div class="content"><ul class="menu">{links}</ul></div></div>
<div class="block block-poll"><h2>Thăm dò ý kiến</h2><div class="content">\
<a href="/poll/12">Bạn thấy trang thông tin này thế nào?</a></div></div>
<div class="block block-user"><h2>Đăng nhập</h2><div class="content"><a href="/user">Đăng nhập</a></div></div>
<div class="block block-statistics"><h2>Thống kê truy cập</h2><div class="content">Trực tuyến: {seen["online"]}\
<br />Tổng số: {seen["total"]}</div></div>
</div></div></div></div></div><div id="footer-wrapper"><div class="section"><div id="footer"><div class="block">\
<p>Cơ quan chủ quản: UBND {UNIT}</p><p>Ghi rõ nguồn khi sử dụng thông tin</p></div></div></div></div></div></div>\
</body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page(
            "Không tìm thấy trang",
            '<h1 class="title" id="page-title">Không tìm thấy trang</h1><p>Không tìm thấy trang được yêu cầu.</p>',
            hit,
        )
