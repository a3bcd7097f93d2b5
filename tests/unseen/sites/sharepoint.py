"""SharePoint as in Hà Tĩnh: `/portal/pages/2023-1-30/slug-468686.aspx`; the day stands in the path and nowhere else.

A fair judge tolerates "Giới thiệu", "Tổ chức bộ máy" and "Liên hệ" (`/portal/pages/*.aspx` without a day) either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest
from tests.unseen.model import Markup, Story, esc, pages_of, plain, slugify
from tests.unseen.prose import stories

UNIT = "xã Sơn Hồng"
SECTIONS = ("Tin tức - Sự kiện", "Nông thôn mới", "Văn hóa - Xã hội", "Thông báo")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div style="text-align:center;">\
<img alt="" src="/portal/PublishingImages/{story.when:%Y}/{story.number}_{number}.jpg" \
style="margin:5px;width:560px;" /><br/></div>'
        f'<div style="text-align:center;"><em style="font-size:11pt;">{caption}</em></div>'
    )


MARKUP = Markup(
    p='<p style="text-align:justify;text-indent:36pt;"><span lang="NL" style="font-size:14pt;font-family:&quot;times \
new roman&quot;,serif;">{}</span></p>',
    h='<p style="text-align:justify;text-indent:36pt;"><b><span style="font-size:14pt;">{}</span></b></p>',
    ul="{}",
    li='<p style="text-align:justify;text-indent:36pt;"><span style="font-size:14pt;">{}</span></p>',
    table='<table class="ms-rteTable-0" cellspacing="0" width="100%"><tbody>{}</tbody></table>',
    tr='<tr class="ms-rteTableEvenRow-0">{}</tr>',
    td='<td class="ms-rteTableEvenCol-0">​{}</td>',
    figure=_figure,
)


class SharePoint(Portal):
    """A border commune on the province's SharePoint."""

    name = "sharepoint"
    platform = "sharepoint-hatinh"
    ignores_query = True

    def build(self) -> None:
        self.stories = stories(
            self.name, UNIT, SECTIONS, count=28, newest=datetime.fromisoformat("2024-06-21T09:05"), gap=7
        )
        self.move("/", "/portal/pages/default.aspx", 302)
        self.move("/portal", "/portal/pages/default.aspx", 302)
        self.add("/portal/pages/default.aspx", self.home)
        for place, section in enumerate(SECTIONS, 1):
            self.lists(place, section, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            self.add(f"/portal/pages/print.aspx?p={self.number(story)}", partial(self.printed, story))
            files = tuple(f"/portal/Documents/{story.when:%Y}/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    published_source="url",
                    published_basis="embedded",
                    attachments=files,
                    boilerplate=(
                        "Các tin đã đưa",
                        "Bản in",
                        "Gửi bài viết",
                        "Lượt xem:",
                        "Tin mới nhất",
                        "Thống kê truy cập",
                    ),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for name, title, content, soft in (
            ("gioi-thieu", "Giới thiệu", about, True),
            (
                "to-chuc-bo-may",
                "Tổ chức bộ máy",
                '<table class="ms-rteTable-0"><tr><td>Chủ tịch UBND</td><td>0239.3875.001</td></tr></table>',
                True,
            ),
            ("lien-he", "Liên hệ", "<p>Trụ sở: thôn Tân Tiến</p>", True),
            ("thu-tuc", "Thủ tục hành chính", "".join(f"<div>{row}</div>" for row in furniture.PROCEDURES), True),
            ("tim-kiem", "Tìm kiếm", "<input name='k'><input type='submit' value='Tìm kiếm'>", False),
        ):
            self.add(
                f"/portal/pages/{name}.aspx",
                partial(self.page, title, f'<div class="title-page">{title}</div><div>{content}</div>'),
                tolerated=soft,
            )

    @staticmethod
    def number(story: Story) -> int:
        return 468686 - story.number * 211

    def path(self, story: Story) -> str:
        day = f"{story.when.year}-{story.when.month}-{story.when.day}" if story.number % 3 else f"{story.when:%Y-%m-%d}"
        slug = "-".join(plain(story.title).replace("“", "").split())[:50]
        slug = "".join(char for char in slug if char.isalnum() or char == "-").strip("-")
        tail = f"-{self.number(story)}" if story.number % 4 else "kXwPzaQ"[: 6 + story.number % 2]
        return f"/portal/pages/{day}/{slug}{tail}.aspx"

    def home(self, hit: int) -> str:
        parts = "".join(
            f"""<div class="ms-webpart-chrome ms-webpart-chrome-vertical"><div class="box-title">\
<a href="/portal/pages/{slugify(section)}.aspx">{section}</a></div>
<table cellpadding="0" cellspacing="0" width="100%"><tr><td valign="top">{
                "".join(
                    f'<div class="item"><a href="{self.path(row)}">{esc(row.title)}</a></div>'
                    for row in newest(self.stories, 4, section)
                )
            }</td></tr>\
</table></div>"""
            for section in SECTIONS
        )
        return self.page("Trang chủ", parts, hit)

    def lists(self, place: int, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 6)
        path = f"/portal/pages/{slugify(section)}.aspx"
        for number, part in enumerate(parts, 1):
            items = "".join(
                f'<tr><td class="news-item"><a class="tieude" href="{self.path(row)}">{esc(row.title)}</a>\
<div class="trichdan">{esc(row.excerpt)}</div></td></tr>'
                for row in part
            )
            nav = " ".join(
                f"<span class='cur'>{other}</span>"
                if other == number
                else f'<a href="{path}?CateID={place}&amp;Page={other}">{other}</a>'
                for other in range(1, len(parts) + 1)
            )
            main = f'<div class="title-page">{section}</div><table width="100%">{items}</table>\
<div class="phantrang">{nav}</div>'
            show = partial(self.page, section, main)
            self.add(f"{path}?CateID={place}&Page={number}", show)
            if number == 1:
                self.add(path, show)

    def content(self, story: Story) -> str:
        sign = esc(story.signature("{author}"))
        files = "".join(
            f'<p><a href="/portal/Documents/{story.when:%Y}/{file.name}">{esc(file.label)}</a></p>'
            for file in story.files
        )
        byline = (
            f'<p style="text-align:right;"><strong><span style="font-size:14pt;">{sign}</span></strong></p>'
            if sign
            else ""
        )
        return f"{MARKUP.body(story, lead=True)}{files}{byline}"

    def printed(self, story: Story, hit: int) -> str:
        now = furniture.clock(hit)
        return f"""<html><head><title>{esc(story.title)}</title></head><body onload="window.print()">\
<p>Sơn Hồng, ngày {now:%d} tháng {now:%m} năm {now:%Y}</p>
<h1>{esc(story.title)}</h1><div>{self.content(story)}</div></body></html>"""

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row.number > story.number][:6]
        others = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in rows)
        main = f"""<div class="news-detail"><div class="title-page"><a \
href="/portal/pages/{slugify(story.section)}.aspx">{story.section}</a></div>
<div class="detail-title"><h2 class="tieude-chitiet">{esc(story.title)}</h2></div>
<div class="tool"><a href="/portal/pages/print.aspx?p={self.number(story)}">Bản in</a> | \
<a href="javascript:void(0)">Gửi bài viết</a> <span>Lượt xem: {furniture.views(story.number, hit)}</span> \
<span>100%</span></div>
<div id="ctl00_PlaceHolderMain_Content__ControlWrapper_RichHtmlField" class="ms-rtestate-field" \
style="display:inline" aria-labelledby="ctl00_label">
<div class="ms-rtestate-field">{self.content(story)}<p>​</p></div></div>
<div class="others"><div class="others-title">Các tin đã đưa</div><ul>{others}</ul></div></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        now, seen = furniture.clock(hit), furniture.visits(hit)
        menu = "".join(
            f'<li class="static"><a class="static menu-item" href="/portal/pages/{slugify(name)}.aspx">\
<span class="menu-item-text">{name}</span></a></li>'
            for name in SECTIONS
        )
        latest = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in newest(self.stories, 8))
        links = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        acts = "".join(
            f'<li><a href="/portal/Documents/vb/{number}.pdf">{code}</a> {name}</li>'
            for number, (code, name) in enumerate(furniture.ACTS)
        )
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html lang="vi-vn" dir="ltr"><head><meta name="GENERATOR" content="Microsoft SharePoint" />\
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta http-equiv="Expires" content="0" /><title>
	{esc(title)}
</title><link rel="stylesheet" type="text/css" href="/_layouts/15/1066/styles/corev15.css" />\
<style>{furniture.css(self.name, 10)}</style>
<script type="text/javascript">{furniture.js(self.name, 8)}</script></head><body>
<form method="post" action="./default.aspx" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" \
value="{furniture.viewstate(self.name, 14)}" />
<input type="hidden" name="__REQUESTDIGEST" value="0x{hit:064X},{now:%d %b %Y %H:%M:%S} -0000" />
<div id="s4-workspace"><div id="s4-bodyContainer"><div class="banner"><img src="/portal/SiteAssets/banner.jpg" \
alt="" /></div>
<div class="datetime">{furniture.WEEKDAYS[now.weekday()]}, ngày {now:%d/%m/%Y}</div>
<div id="DeltaTopNavigation" class="ms-displayInline ms-core-navigation" role="navigation"><ul class="root static">\
<li class="static selected"><a class="static menu-item" href="/portal/pages/default.aspx">\
<span>Trang chủ</span></a></li>
<li class="static"><a href="/portal/pages/gioi-thieu.aspx">Giới thiệu</a></li><li class="static">\
<a href="/portal/pages/to-chuc-bo-may.aspx">Tổ chức bộ máy</a></li>{menu}
<li class="static"><a href="/portal/pages/thu-tuc.aspx">Thủ tục hành chính</a></li><li class="static">\
<a href="/portal/pages/lien-he.aspx">Liên hệ</a></li></ul></div>
<table width="1000" cellpadding="0" cellspacing="0"><tr><td valign="top" width="700">\
<div class="ms-webpart-zone">{main}</div></td>
<td valign="top" width="300"><div class="right-box"><div class="box-title">Tin mới nhất</div><ul>{latest}</ul></div>
<div class="right-box"><div class="box-title">Văn bản mới</div><ul>{acts}</ul></div>
<div class="right-box"><div class="box-title">Liên kết website</div><select>{links}</select></div>
<div class="right-box"><div class="box-title">Thống kê truy cập</div><div>Đang truy cập: {seen["online"]}</div>\
<div>Tổng truy cập: {seen["total"]}</div></div>
<a href="/portal/pages/tim-kiem.aspx">Tìm kiếm</a></td></tr></table>
<div class="footer">TRANG THÔNG TIN ĐIỆN TỬ {UNIT.upper()}<br/>Chịu trách nhiệm chính: Chủ tịch UBND xã. Điện thoại: \
0239.3875.001</div></div></div></form></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page("Lỗi", "<div>404 NOT FOUND</div>", hit)
