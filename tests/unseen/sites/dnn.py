"""DotNetNuke as in Huế city: `/TIN-TUC/pid/29408/cid/110?tid=slug`, `10/11/2023 9:56:49 CH`, zoom labels.

A fair judge tolerates the tab pages "Giới thiệu", "Bộ máy tổ chức" and "Liên hệ" either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest
from tests.unseen.model import Markup, Story, esc, iso, pages_of, plain
from tests.unseen.prose import stories

UNIT = "phường Vĩ Hương"
SECTIONS = {"Tin tức - Sự kiện": 110, "Hoạt động đoàn thể": 112, "Văn hóa thể thao": 115, "Thông báo": 119}


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<table align="center" border="0" cellpadding="1" cellspacing="1" style="width:500px;"><tbody><tr><td>\
<img alt="" src="/Portals/0/Images/{story.when:%Y}/{story.number}-{number}.jpg" style="width:500px;" /></td></tr>'
        f'<tr><td style="text-align:center;"><span style="font-size:13px;">\
<em>{caption}</em></span></td></tr></tbody></table>'
    )


MARKUP = Markup(
    p='<p style="text-align:justify;"><span style="font-size:14px;">{}</span></p>',
    h='<p style="text-align:justify;"><strong>{}</strong></p>',
    ul="<ul>{}</ul>",
    li="<li>{}</li>",
    table='<table border="1" cellpadding="0" cellspacing="0" style="width:100%;"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td="<td>{}</td>",
    figure=_figure,
)


class DotNetNuke(Portal):
    """A city ward on DotNetNuke."""

    name = "dnn"
    platform = "dotnetnuke"
    ignores_query = False

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, tuple(SECTIONS), count=26, hamlet="tổ dân phố", gap=9)
        self.add("/", self.home)
        self.move("/Default.aspx", "/", 302)
        for section, number in SECTIONS.items():
            self.lists(section, number, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/Portals/0/VanBan/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    published_at=f"{iso(story.when)[:17]}{story.number * 7 % 60:02d}+07:00",
                    published_precision="second",
                    attachments=files,
                    boilerplate=("Xem cỡ chữ", "Đọc bài viết", "Các tin khác", "In ấn", "Thống kê truy cập"),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for path, title, content, soft in (
            ("/Gioi-thieu", "Giới thiệu", about, True),
            (
                "/Bo-may-to-chuc",
                "Bộ máy tổ chức",
                "<table><tr><td>Chủ tịch</td><td>chutich@vihuong.invalid</td></tr></table>",
                True,
            ),
            ("/Lien-he", "Liên hệ", "<div>54 Nguyễn Sinh Cung</div>", True),
            (
                "/Thu-tuc-hanh-chinh",
                "Thủ tục hành chính",
                "".join(f"<div>{name}</div>" for name in furniture.PROCEDURES),
                True,
            ),
            ("/Login?returnurl=%2f", "Đăng nhập", "<span>Tên đăng nhập:</span><input>", False),
            (
                "/So-do-trang",
                "Sơ đồ trang",
                "".join(f'<p><a href="{self.tab(name, number)}">{name}</a></p>' for name, number in SECTIONS.items()),
                False,
            ),
        ):
            self.add(
                path,
                partial(
                    self.page,
                    title,
                    f'<div class="DnnModule"><h2 class="Head">{title}</h2><div class="Normal">{content}</div></div>',
                ),
                tolerated=soft,
            )

    @staticmethod
    def tab(section: str, number: int) -> str:
        return f"/{plain(section).replace(' - ', '-').replace(' ', '-')}/pid/29408/cid/{number}"

    def path(self, story: Story) -> str:
        slug = "-".join(plain(story.title).split())[:80]
        return f"{self.tab(story.section, SECTIONS[story.section])}?tid=\
{''.join(char for char in slug if char.isalnum() or char == '-')}"

    def home(self, hit: int) -> str:
        modules = "".join(
            f"""<div class="DnnModule DnnModule-NewsBlock DnnModule-{500 + number}"><a name="{500 + number}"></a>\
<div class="box_title"><a href="{self.tab(name, number)}"><span class="dnnTitle">{name}</span></a></div>
<div id="dnn_ctr{500 + number}_ContentPane">{
                "".join(
                    f'<div class="row_news"><a class="news_title" href="{self.path(row)}">{esc(row.title)}</a></div>'
                    for row in newest(self.stories, 5, name)
                )
            }</div></div>"""
            for name, number in SECTIONS.items()
        )
        return self.page("Trang chủ", modules, hit)

    def lists(self, section: str, cid: int, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 5)
        tab = self.tab(section, cid)
        for number, part in enumerate(parts, 1):
            items = "".join(
                f'<tr><td class="news_cell"><a class="news_title" href="{self.path(row)}">{esc(row.title)}</a> \
<span class="news_date">({_stamp(row)})</span><div class="news_desc">{esc(row.excerpt)}</div></td></tr>'
                for row in part
            )
            nav = "".join(
                f'<td class="{"PagerCurrentPageCell" if other == number else "PagerOtherPageCells"}">\
<a class="PagerHyperlinkStyle" href="{tab}?p={other}">{other}</a></td>'
                for other in range(1, len(parts) + 1)
            )
            main = f'<div class="DnnModule"><h2 class="Head">{section}</h2>\
<table class="news_list" width="100%">{items}</table><table class="PagerContainerTable"><tr>\
<td class="PagerInfoCell">Trang {number} của {len(parts)}</td>{nav}</tr></table></div>'
            self.add(f"{tab}?p={number}", partial(self.page, section, main))
            if number == 1:
                self.add(tab, partial(self.page, section, main))

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row.number > story.number][:7]
        others = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)}</a> <span>({row.when:%d/%m/%Y})</span></li>'
            for row in rows
        )
        lead = (
            f'<div class="news_summary"><span id="dnn_ctr881_lblSummary">{esc(story.lead)}</span></div>'
            if story.lead
            else ""
        )
        sign = esc(story.signature("{author}"))
        files = "".join(
            f'<div class="attach"><a href="/Portals/0/VanBan/{file.name}">{esc(file.label)}</a></div>'
            for file in story.files
        )
        byline = (
            f'<div class="news_author" style="text-align:right"><span id="dnn_ctr881_lblAuthor">\
<b>{sign}</b></span></div>'
            if sign
            else ""
        )
        main = f"""<div class="DnnModule DnnModule-NewsDetail DnnModule-881"><div id="dnn_ctr881_ContentPane">\
<div id="dnn_ctr881_ModuleContent" class="DNNModuleContent">
<div class="news_tool"><span>Xem cỡ chữ:</span> <a href="javascript:zoom(1)">A+</a> \
<a href="javascript:zoom(-1)">A-</a> <span>Đọc bài viết:</span> <audio></audio> \
<a href="javascript:window.print()">In ấn</a></div>
<div class="news_head"><span id="dnn_ctr881_lblTitle" class="news_detail_title">{esc(story.title)}</span><br />\
<span id="dnn_ctr881_lblDate" class="news_detail_date">{_stamp(story)}</span></div>
{lead}<div id="dnn_ctr881_lblContent" class="news_content">{MARKUP.body(story)}</div>{files}{byline}
<div class="news_other"><div class="other_title">Các tin khác</div><ul>{others}</ul></div></div></div></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        now, seen = furniture.clock(hit), furniture.visits(hit)
        menu = "".join(
            f'<li class="item"><a href="{self.tab(name, number)}"><span>{name.upper()}</span></a></li>'
            for name, number in SECTIONS.items()
        )
        read = "".join(
            f'<div class="r"><a href="{self.path(row)}">{esc(row.title)}</a></div>' for row in self.stories[4:26:4]
        )
        links = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in furniture.EXTERNAL)
        return f"""<!DOCTYPE html><html lang="vi-VN"><head id="Head"><meta content="text/html; charset=UTF-8" \
http-equiv="Content-Type" /><meta name="generator" content="DotNetNuke " /><title>
	{esc(title)} - {UNIT}
</title><link href="/Portals/_default/default.css" rel="stylesheet" /><style>{furniture.css(self.name, 9)}</style>\
</head><body id="Body"><form method="post" action="/" id="Form" enctype="multipart/form-data">
<div class="aspNetHidden"><input type="hidden" name="__VIEWSTATE" value="{furniture.viewstate(self.name, 18)}" />\
<input type="hidden" name="__VIEWSTATEGENERATOR" value="CA0B0334" /></div>
<script type="text/javascript">function __doPostBack(a,b){{}}{furniture.js(self.name, 10)}</script>\
<div id="dnn_HeaderPane" class="header"><img src="/Portals/0/banner.png" alt="" />\
<div id="dnn_ctlDate">{furniture.WEEKDAYS[now.weekday()]}, ngày {now.day} tháng {now.month} năm {now.year}</div></div>
<div id="dnn_menu"><ul class="dnnmega"><li class="item first"><a href="/"><span>TRANG CHỦ</span></a></li><li>\
<a href="/Gioi-thieu">GIỚI THIỆU</a></li><li><a href="/Bo-may-to-chuc">BỘ MÁY</a></li>{menu}<li>\
<a href="/Thu-tuc-hanh-chinh">THỦ TỤC</a></li><li><a href="/Lien-he">LIÊN HỆ</a></li></ul></div>
<div class="wrap"><div id="dnn_LeftPane" class="left"><div class="DnnModule">\
<div class="box_title">TIN ĐỌC NHIỀU</div>{read}</div><div class="DnnModule"><div class="box_title">LIÊN KẾT</div>\
<ul>{links}</ul></div>
<div class="DnnModule"><div class="box_title">Thống kê truy cập</div><div>Truy cập tổng {seen["total"]}</div>\
<div>Truy cập hiện tại {seen["online"]}</div></div></div><div id="dnn_ContentPane" class="content">{main}</div></div>
<div id="dnn_FooterPane" class="footer"><span class="SkinObject">Bản quyền thuộc UBND {UNIT}</span> \
<a href="/Login?returnurl=%2f" rel="nofollow">Đăng nhập</a> <a href="/So-do-trang">Sơ đồ trang</a></div></form>\
</body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page(
            "404 Error Page", '<div class="Normal"><h1>404</h1><p>Trang bạn yêu cầu không tồn tại.</p></div>', hit
        )


def _stamp(story: Story) -> str:
    when = story.when
    hour = when.hour % 12 or 12
    return f"{when:%d/%m/%Y} {hour}:{when:%M}:{story.number * 7 % 60:02d} {'SA' if when.hour < 12 else 'CH'}"
