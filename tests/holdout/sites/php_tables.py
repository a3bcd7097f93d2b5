"""Hand-made PHP: index.php?mod=…, nested tables and font tags, no class anywhere, no charset declared, <br> \
for paragraphs."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.model import Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<table align="center" border="0"><tr><td><img src="upload/{story.number}_{number}.jpg" width="480"></td></tr>'
        f'<tr><td align="center"><font size="1"><i>{caption}</i></font></td></tr></table>'
    )


MARKUP = Markup(
    '<font size="2" face="Arial">{}</font><br><br>',
    '<font size="2"><b>{}</b></font><br><br>',
    "{}<br>",
    '<font size="2">{}</font><br>',
    '<table border="1" cellspacing="0" width="95%">{}</table><br>',
    "<tr>{}</tr>",
    '<td><font size="2">{}</font></td>',
    _figure,
)


class PhpTables(Edition):
    name, platform = "php_tables", "hand-made PHP, nested tables"
    unit = "xã Bình Trung"
    hamlet = "ấp"
    sections = ("Tin hoạt động", "Gương người tốt", "Thông báo")
    count = 20
    byline = "{author}"
    content_type = "text/html"
    ignores_query = False
    boilerplate = ("Các tin khác", "VĂN BẢN MỚI", "THÔNG BÁO", "In tin này", "Gửi cho bạn bè", "Quay lại")

    def cat(self, story: Story) -> int:
        return 3 + self.sections.index(story.section)

    def path(self, story: Story) -> str:
        return f"/index.php?mod=tintuc&act=chitiet&id={212 + 5 * self.age(story)}&cat={self.cat(story)}"

    def link(self, story: Story) -> str:
        return esc(self.path(story)[1:])

    def turned(self, story: Story) -> str:
        return f"index.php?mod=tintuc&amp;act=chitiet&amp;cat={self.cat(story)}&amp;id={212 + 5 * self.age(story)}"

    def build(self) -> None:
        self.add("/", self.front)
        self.add("/index.php", self.front)
        for at, section in enumerate(self.sections, 3):
            sheets = pages_of(self.inside(section), 5)
            for number, rows in enumerate(sheets, 1):
                steps = " ".join(
                    f'<a href="index.php?mod=tintuc&amp;cat={at}&amp;p={step}">[{step}]</a>'
                    for step in range(1, len(sheets) + 1)
                )
                inner = "".join(self.row(story) for story in rows) + f'<tr><td align="right">Trang: {steps}</td></tr>'

                def render(hit: int, inner: str = inner, section: str = section) -> str:
                    return self.shell(f"<tr><td><b>{section.upper()}</b></td></tr>{inner}", hit)

                self.add(f"/index.php?mod=tintuc&cat={at}&p={number}", render)
                if number == 1:
                    self.add(f"/index.php?mod=tintuc&cat={at}", render)
        for at, page in enumerate(dress.pages(self.name, self.unit), 1):
            inner = f'<tr><td><font size="3"><b>{page.title}</b></font></td></tr><tr><td>{page.html}</td></tr>'
            self.add(f"/index.php?mod=trang&id={at}", partial(self.shell, inner))
        for act, _, _, paper in dress.acts(self.stories[0].when):
            self.data(paper, furniture.pdf(act), "application/pdf")
        for story in self.stories:
            path = self.path(story)
            self.add(path, partial(self.article, story))
            self.add("/" + self.turned(story).replace("&amp;", "&"), partial(self.article, story))
            self.add(
                f"/index.php?mod=tintuc&act=in&id={212 + 5 * self.age(story)}",
                partial(self.printed, story),
            )
            files = tuple(f"/upload/file/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, path, attachments=files)

    def printed(self, story: Story, hit: int) -> str:
        return (
            f"<html><body onload='print()'><b>{esc(story.title)}</b><br>{MARKUP.body(story, lead=True)}</body></html>"
        )

    def row(self, story: Story) -> str:
        return f"""<tr><td><table width="100%"><tr><td width="90">\
<img src="upload/t{story.number}.jpg" width="80"></td><td>
<a href="{self.link(story)}"><font color="#003399" size="2"><b>{esc(story.title)}</b></font></a> <font size="1">\
({story.when:%d/%m/%Y})</font><br><font size="2">{esc(story.excerpt)}</font> <a href="{self.link(story)}">\
<i>Chi tiết</i></a>
</td></tr></table></td></tr>"""

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<tr><td><font color="red">&raquo;</font> <a href="{self.turned(story)}">{esc(story.title)}</a></td></tr>'
            for story in self.stories[:7]
        )
        return self.shell(f"<tr><td><b>TIN MỚI NHẬN</b></td></tr>{rows}", hit)

    def article(self, story: Story, hit: int) -> str:
        lead = f'<font size="2" face="Arial"><b>{esc(story.lead)}</b></font><br><br>' if story.lead else ""
        files = "".join(
            f'<img src="images/pdf.gif"> <a href="upload/file/{file.name}">{esc(file.label)}</a><br>'
            for file in story.files
        )
        name = f'<div align="right"><b>{self.signed(story)}</b></div>' if story.author else ""
        near = "".join(
            f'&bull; <a href="{self.link(row)}">{esc(row.title)}</a> <font size="1">({row.when:%d/%m/%Y})</font><br>'
            for row in self.others(story, 6)
        )
        number = 212 + 5 * self.age(story)
        inner = f"""<tr><td><font size="1">Trang chủ &gt; {story.section}</font></td></tr>
<tr><td><font size="4" color="#990000"><b>{esc(story.title)}</b></font></td></tr>
<tr><td><font size="1" color="#666666"><i>({story.when:%d/%m/%Y %H:%M})</i> &nbsp; Đã xem: \
{dress.views(number, hit)}</font></td></tr>
<tr><td><div align="justify">{lead}{MARKUP.body(story)}{files}{name}</div></td></tr>
<tr><td align="right"><a href="index.php?mod=tintuc&amp;act=in&amp;id={number}">In tin này</a> | <a \
href="javascript:void(0)">\
Gửi cho bạn bè</a> | <a href="javascript:history.back()">Quay lại</a></td></tr>
<tr><td><font size="2"><b>Các tin khác</b></font><br>{near}</td></tr>"""
        return self.shell(inner, hit)

    def shell(self, inner: str, hit: int) -> str:
        menu = "".join(
            f'<tr><td bgcolor="#eeeeee"><a href="index.php?mod=tintuc&amp;cat={at}"><b>{name}</b></a></td></tr>'
            for at, name in enumerate(self.sections, 3)
        )
        menu += "".join(
            f'<tr><td><a href="index.php?mod=trang&amp;id={at}">{page.title}</a></td></tr>'
            for at, page in enumerate(dress.pages(self.name, self.unit), 1)
        )
        papers = "".join(
            f'<tr><td><a href="{path}">{number}</a></td><td>{what}</td><td>{day}</td></tr>'
            for number, what, day, path in dress.acts(self.stories[0].when)
        )
        moving = "".join(
            f'<p><a href="{self.link(story)}">{esc(story.title)}</a><br><font size="1">{story.when:%d/%m/%Y}</font></p>'
            for story in self.inside(self.sections[-1])[:4]
        )
        money = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in dress.rates(hit))
        seen = furniture.visits(hit)
        return f"""<html><head><title>TRANG THONG TIN DIEN TU XA BINH TRUNG</title>
<style>{furniture.css(self.name, 16)}</style><script>{furniture.js(self.name, 16)}</script></head>
<body bgcolor="#ffffff" topmargin="0"><table width="1000" align="center" border="0" cellpadding="0"><tr><td colspan="3">
<img src="images/banner.jpg"><br><font color="red">Hôm nay: {dress.weekday(self.clock(hit))}, ngày \
{self.clock(hit):%d/%m/%Y}</font>
</td></tr><tr><td width="200" valign="top"><table width="100%">{menu}</table></td>
<td width="560" valign="top"><table width="100%"><tr><td><table width="100%" border="0">{inner}</table></td>\
</tr></table></td>
<td width="240" valign="top"><table><tr><td><b>THÔNG BÁO</b></td></tr><tr><td>\
<marquee direction="up" height="150">{moving}</marquee>
</td></tr><tr><td><b>VĂN BẢN MỚI</b><table border="1">{papers}</table></td></tr><tr><td><b>TỶ GIÁ</b>\
<table>{money}</table></td></tr>
<tr><td>Thời tiết: {furniture.weather(hit)}</td></tr><tr><td>Số lượt truy cập: {seen["total"]}</td></tr>\
</table></td></tr>
<tr><td colspan="3" align="center"><font size="1">UBND {self.unit} - Điện thoại: 075.3860.123</font></td></tr>\
</table></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("<tr><td>Trang không tồn tại</td></tr>", hit)
