"""An old ASP site of nested tables: `news.aspx?id=714&mnid=20`, not one class, `<br>` for paragraphs, pager `&page=2`.

A fair judge tolerates the fixed pages (`page.aspx?mnid=…`) either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest
from tests.unseen.model import Markup, Story, esc, pages_of
from tests.unseen.prose import stories

UNIT = "xã Long Phước"
SECTIONS = {"Tin tức": 20, "Nông nghiệp": 21, "Đoàn thể": 22, "Thông báo": 25}


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<center><img src="upload/{story.when:%m%Y}/{story.number}_{number}.jpg" width="450" border="0"><br>'
        f'<font size="2" color="#333399"><i>{caption}</i></font></center><br>'
    )


MARKUP = Markup(
    p="{}<br><br>",
    h="<b>{}</b><br><br>",
    ul="{}<br>",
    li="- {}<br>",
    table='<table border="1" cellspacing="0" cellpadding="3" width="100%">{}</table><br>',
    tr="<tr>{}</tr>",
    td='<td><font face="Arial" size="2">{}</font></td>',
    figure=_figure,
)


class NestedTables(Portal):
    """A commune whose site has not changed since 2008."""

    name = "nested"
    platform = "asp-tables"
    content_type = "text/html"
    ignores_query = False

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, tuple(SECTIONS), count=25, hamlet="ấp", gap=14)
        self.add("/", self.home)
        self.add("/default.aspx", self.home)
        for section, number in SECTIONS.items():
            self.lists(section, number, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/upload/vb/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    paragraphs=tuple(f"- {row}" if row in _items(story) else row for row in story.paragraphs),
                    attachments=files,
                    boilerplate=("Các tin khác", "Lượt xem:", "[Trở về]", "[Đầu trang]", "Tin mới", "Số lượt truy cập"),
                )
            )
        about = "<br><br>".join(furniture.intro(UNIT))
        for number, (title, content) in enumerate(
            (
                ("Giới thiệu", about),
                ("Tổ chức bộ máy", "<table border='1'><tr><td>Chủ tịch</td><td>Phạm Văn Bình</td></tr></table>"),
                ("Thủ tục hành chính", "<br>".join(furniture.PROCEDURES)),
                ("Liên hệ", "Điện thoại: 0254.3868.123"),
            ),
            1,
        ):
            self.add(
                f"/page.aspx?mnid={number}",
                partial(self.page, title, self.box(title, f'<font face="Arial" size="2">{content}</font>')),
                tolerated=True,
            )
        self.add(
            "/search.aspx",
            partial(
                self.page, "Tìm kiếm", self.box("Tìm kiếm", "<input type=text name=q><input type=submit value=Tìm>")
            ),
        )
        self.add(
            "/login.aspx",
            partial(self.page, "Đăng nhập", self.box("Đăng nhập", "<input type=text><input type=password>")),
        )
        self.add(
            "/poll.aspx",
            partial(
                self.page,
                "Kết quả thăm dò",
                self.box("Kết quả thăm dò", "Rất hài lòng: 214 phiếu<br>Hài lòng: 97 phiếu"),
            ),
        )

    @staticmethod
    def path(story: Story) -> str:
        return f"/news.aspx?id={714 - story.number * 2}&mnid={SECTIONS[story.section]}"

    def href(self, story: Story) -> str:
        """Links are relative to the folder and leave the ampersand bare."""
        return self.path(story)[1:]

    def box(self, title: str, content: str) -> str:
        return f"""<table width="100%" border="0" cellspacing="0" cellpadding="0"><tr>\
<td background="images/bg_title.gif" height="26"><font face="Arial" size="2" color="#990000">\
<b>&nbsp;{title}</b></font></td></tr>
<tr><td><table width="100%" border="0" cellpadding="5"><tr><td>{content}</td></tr></table></td></tr></table>"""

    def home(self, hit: int) -> str:
        boxes = "".join(
            self.box(
                f'<a href="news.aspx?mnid={number}">{name}</a>',
                "".join(
                    f'<img src="images/bullet.gif"> <a href="{self.href(row)}">\
<font face="Arial" size="2">{esc(row.title)}</font></a><br>'
                    for row in newest(self.stories, 4, name)
                ),
            )
            for name, number in SECTIONS.items()
        )
        return self.page("Trang chủ", boxes, hit)

    def lists(self, section: str, mnid: int, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 5)
        for number, part in enumerate(parts, 1):
            items = "".join(
                f"""<tr><td width="110" valign="top"><img src="upload/t{row.number}.jpg" width="100" border="1"></td>\
<td valign="top"><a href="{self.href(row)}"><font face="Arial" size="2" color="#000099">\
<b>{esc(row.title)}</b></font></a><br>
<font face="Arial" size="2">{esc(row.excerpt)}</font></td></tr><tr><td colspan="2"><hr size="1"></td></tr>"""
                for row in part
            )
            nav = " ".join(
                f"<b>[{other}]</b>"
                if other == number
                else f'<a href="news.aspx?mnid={mnid}&page={other}">[{other}]</a>'
                for other in range(1, len(parts) + 1)
            )
            main = self.box(
                section,
                f'<table width="100%" border="0">{items}</table><p align="right">\
<font face="Arial" size="2">Trang: {nav}</font></p>',
            )
            self.add(f"/news.aspx?mnid={mnid}&page={number}", partial(self.page, section, main))
            if number == 1:
                self.add(f"/news.aspx?mnid={mnid}", partial(self.page, section, main))

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row.number > story.number][:6]
        others = "".join(
            f'<img src="images/bullet2.gif"> <a href="{self.href(row)}">\
<font face="Arial" size="2">{esc(row.title)}</font></a> <font size="1">({row.when:%d/%m/%Y})</font><br>'
            for row in rows
        )
        sign = esc(story.signature("{author}"))
        files = "".join(
            f'<img src="images/attach.gif"> <a href="upload/vb/{file.name}">{esc(file.label)}</a><br>'
            for file in story.files
        )
        lead = f"<b>{esc(story.lead)}</b><br><br>" if story.lead else ""
        main = f"""<table width="100%" border="0" cellpadding="4"><tr><td>\
<font face="Arial" size="4" color="#CC0000"><b>{esc(story.title)}</b></font></td></tr>
<tr><td><font face="Arial" size="1" color="#666666">Đăng ngày {story.when:%d - %m - %Y} &nbsp; Lượt xem: \
{furniture.views(story.number, hit)}</font></td></tr>
<tr><td align="justify"><font face="Times New Roman" size="3">{lead}{MARKUP.body(story)}{files}</font></td></tr>
<tr><td align="right"><font face="Times New Roman" size="3"><b>{sign}</b></font></td></tr>
<tr><td align="right"><a href="javascript:history.back()">[Trở về]</a> <a href="#top">[Đầu trang]</a></td></tr>
<tr><td bgcolor="#EEEEEE"><font face="Arial" size="2"><b>Các tin khác</b></font></td></tr><tr>\
<td>{others}</td></tr></table>"""
        return self.page(story.title, self.box(story.section, main), hit)

    def page(self, title: str, main: str, hit: int) -> str:
        now, seen = furniture.clock(hit), furniture.visits(hit)
        menu = "".join(
            f'<tr><td background="images/menu.gif" height="24">&nbsp;<a href="news.aspx?mnid={number}">\
<font face="Arial" size="2" color="#FFFFFF">{name}</font></a></td></tr>'
            for name, number in SECTIONS.items()
        )
        fixed = "".join(
            f'<tr><td background="images/menu.gif" height="24">&nbsp;<a href="page.aspx?mnid={number}">\
<font face="Arial" size="2" color="#FFFFFF">{name}</font></a></td></tr>'
            for number, name in enumerate(("Giới thiệu", "Tổ chức bộ máy", "Thủ tục hành chính", "Liên hệ"), 1)
        )
        new = "".join(
            f'<font face="Arial" size="2">• <a href="{self.href(row)}">{esc(row.title)}</a></font><br>'
            for row in newest(self.stories, 6)
        )
        links = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        digits = "".join(
            f"<td bgcolor='#000000'><font color='#FFFFFF' size='2'>{digit}</font></td>"
            for digit in seen["total"].replace(".", "")
        )
        return f"""<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>..:: Trang thong tin dien tu {UNIT} ::..</title>
<script language="JavaScript">
<!--
{furniture.js(self.name, 16)}
//-->
</script>
</head>
<body topmargin="0" leftmargin="0" bgcolor="#FFFFFF"><a name="top"></a>
<form name="form1" method="post" action="default.aspx"><input type="hidden" name="__VIEWSTATE" \
value="{furniture.viewstate(self.name, 12)}">
<table width="980" border="0" cellspacing="0" cellpadding="0" align="center">
<tr><td colspan="3"><img src="images/banner.jpg" width="980" height="150"></td></tr>
<tr><td colspan="3" bgcolor="#006600" height="22"><font face="Arial" size="2" \
color="#FFFFFF">&nbsp;{furniture.WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y %H:%M:%S} &nbsp;|&nbsp; \
<marquee width="500">Nhiệt liệt chào mừng quý khách ghé thăm trang thông tin điện tử {UNIT}</marquee></font></td></tr>
<tr><td width="180" valign="top"><table width="100%" border="0" cellspacing="1" cellpadding="0"><tr><td>\
<a href="default.aspx">Trang chủ</a></td></tr>{fixed}{menu}
<tr><td><select>{links}</select></td></tr><tr><td><a href="poll.aspx">Thăm dò ý kiến</a><br>\
<a href="search.aspx">Tìm kiếm</a><br><a href="login.aspx">Quản trị</a></td></tr></table></td>
<td width="600" valign="top">{main}</td>
<td width="200" valign="top">{self.box("Tin mới", new)}{self.box("Thời tiết", furniture.weather(hit))}\
{self.box("Số lượt truy cập", f"<table><tr>{digits}</tr></table>")}</td></tr>
<tr><td colspan="3" align="center" bgcolor="#006600"><font face="Arial" size="2" color="#FFFFFF">UBND {UNIT} - Điện \
thoại: 0254.3868.123<br>Thiết kế: Trung tâm Tin học</font></td></tr>
</table></form>
</body>
</html>
<!-- {furniture.css(self.name, 8)} -->"""

    def missing(self, target: str, hit: int) -> str:
        return "<html><head><title>The resource cannot be found.</title></head><body bgcolor=white>\
<h1>Server Error in '/' Application.</h1><h2><i>The resource cannot be found.</i></h2></body></html>"


def _items(story: Story) -> set[str]:
    return {row[0] for block in story.blocks if block.kind == "ul" for row in block.rows}
