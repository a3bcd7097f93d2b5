"""ASP.NET WebForms: /chitiettin.aspx?newsid=91, a kilobyte-heavy state field, labels as spans, paths in two cases."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.model import Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div style="text-align: center;">'
        f'<img alt="" src="/Upload/Images/{story.number}_{number}.JPG" style="width: 500px"/></div>'
        f'<div style="text-align: center;"><span style="font-size: 10pt"><em>{caption}</em></span></div>'
    )


MARKUP = Markup(
    '<div style="text-align: justify;"><span style="font-size: 12pt; font-family: Times New Roman">{}</span></div>',
    '<div style="text-align: justify;"><strong><span style="font-size: 12pt">{}</span></strong></div>',
    "<div>{}</div>",
    '<div style="text-align: justify;"><span style="font-size: 12pt">{}</span></div>',
    '<table border="1" style="width: 100%; border-collapse: collapse"><tbody>{}</tbody></table>',
    "<tr>{}</tr>",
    "<td><div><span>{}</span></div></td>",
    _figure,
)


class WebForms(Edition):
    name, platform = "webforms", "ASP.NET WebForms"
    seed = "holdout0"
    unit = "phường Trần Phú"
    sections = ("Tin hoạt động", "Xây dựng Đảng", "Thông báo")
    count = 22
    byline = "{author}"
    boilerplate = ("Các tin đã đưa", "Văn bản mới", "Thông báo mới", "Bản in", "Số lần đọc", "Liên kết website")

    def path(self, story: Story) -> str:
        return f"/chitiettin.aspx?newsid={88 + 3 * self.age(story)}"

    def shouted(self, story: Story) -> str:
        return f"/ChiTietTin.aspx?NewsID={88 + 3 * self.age(story)}"

    def build(self) -> None:
        self.add("/", self.front)
        self.add("/Default.aspx", self.front)
        for slug, section in self.slugs.items():
            self.listing(f"/Default.aspx?page={slug}", section, self.inside(section))
        for page in dress.pages(self.name, self.unit):
            inner = (
                f'<span id="ctl00_ContentPlaceHolder1_lblTieuDe" class="tieude">{page.title}</span>'
                f"<div>{page.html}</div>"
            )
            self.add(f"/Default.aspx?page={page.slug}", partial(self.shell, "", inner))
        self.add("/inbantin.aspx", lambda hit: "<html><body>Bản in</body></html>")
        for number, _, _, path in dress.acts(self.stories[0].when):
            self.data(path, furniture.pdf(number), "application/pdf")
        for story in self.stories:
            for target in (self.path(story), self.shouted(story)):
                self.add(target, partial(self.article, story))
            files = tuple(f"/Upload/VanBan/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 6)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<tr><td><a id="ctl00_ContentPlaceHolder1_dlTin_ctl{at:02d}_hplTin" class="tin" '
                f'href="{self.path(story)[1:]}">'
                f'{esc(story.title)}</a><br /><span id="ctl00_ContentPlaceHolder1_dlTin_ctl{at:02d}_lblTrich">'
                f"{esc(story.excerpt)}</span></td></tr>"
                for at, story in enumerate(rows)
            )
            steps = "&nbsp;".join(
                f'<a href="Default.aspx?page={base.rpartition("=")[2]}&amp;trang={at}">{at}</a>'
                if at != number
                else f"<span>{at}</span>"
                for at in range(1, len(sheets) + 1)
            )
            inner = (
                f'<span class="cm">{heading}</span>'
                f'<table id="ctl00_ContentPlaceHolder1_dlTin" cellspacing="0">{items}</table>{steps}'
            )
            for target in (f"{base}&trang={number}", *([base] if number == 1 else ())):
                self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        first = self.stories[0]
        rows = "".join(
            f'<li><a href="{self.shouted(story)}">{esc(story.title)}</a> <span>({story.when:%d/%m})</span></li>'
            for story in self.stories[1:8]
        )
        inner = (
            f'<div class="nb"><a href="{self.shouted(first)}"><b>{esc(first.title)}</b></a>'
            f"<p>{esc(first.excerpt)}</p></div>"
            f"<ul>{rows}</ul>"
        )
        return self.shell("Trang chủ", inner, hit)

    def article(self, story: Story, hit: int) -> str:
        when = f"{story.when:%d/%m/%Y} {dress.twelve(story.when)}"
        lead = (
            f'<span id="ctl00_ContentPlaceHolder1_lblTomTat" style="font-weight:bold">{esc(story.lead)}</span>'
            if story.lead
            else ""
        )
        files = "".join(f'<a href="/Upload/VanBan/{file.name}">{esc(file.label)}</a><br />' for file in story.files)
        name = f'<div style="text-align: right;"><strong>{self.signed(story)}</strong></div>' if story.author else ""
        near = "".join(
            f'<tr><td><img src="images/bullet.gif" /><a href="{self.path(row)[1:]}">{esc(row.title)}</a>'
            f'<span class="ngay">({row.when:%d/%m/%Y})</span></td></tr>'
            for row in self.others(story, 6)
        )
        inner = f"""<table cellpadding="0" width="100%"><tr><td class="duongdan">\
<a href="/">Trang chủ</a> &raquo; {story.section}</td></tr>
<tr><td><span id="ctl00_ContentPlaceHolder1_lblTitle" class="tieude">{esc(story.title)}</span></td></tr>
<tr><td><span id="ctl00_ContentPlaceHolder1_lblNgay" class="ngay">{when}</span> - Số lần đọc:
<span id="ctl00_ContentPlaceHolder1_lblDoc">{dress.views(self.age(story), hit)}</span></td></tr>
<tr><td>{lead}<span id="ctl00_ContentPlaceHolder1_lblNoiDung">{MARKUP.body(story)}{name}</span></td></tr>
<tr><td>{files}</td></tr><tr><td align="right"><a href="javascript:__doPostBack('ctl00$lbtIn','')">Bản in</a></td></tr>
<tr><td><span class="cm">Các tin đã đưa</span><table id="ctl00_ContentPlaceHolder1_dlKhac">{near}</table></td>\
</tr></table>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(f'<td><a href="Default.aspx?page={slug}">{name}</a></td>' for slug, name in self.slugs.items())
        left = "".join(
            f'<li><a href="/Default.aspx?page={p.slug}">{p.title}</a></li>' for p in dress.pages(self.name, self.unit)
        )
        moving = "".join(
            f'<div><a href="{self.path(story)}">{esc(story.title)}</a> <i>{story.when:%d/%m/%Y}</i></div>'
            for story in self.inside(self.sections[-1])[:5]
        )
        papers = "".join(
            f'<tr><td>{number}</td><td><a href="{path}">{what}</a></td><td>{day}</td></tr>'
            for number, what, day, path in dress.acts(self.stories[0].when)
        )
        outside = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        seen = furniture.visits(hit)
        state = furniture.viewstate(self.name, 18)[:-8] + f"{hit:08d}"
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html><head id="ctl00_Head1">
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>Phường Trần Phú</title>
<style>{furniture.css(self.name, 8)}</style></head><body>\
<form name="aspnetForm" method="post" action="" id="aspnetForm">
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEP{state}" />
<script>{furniture.js(self.name, 8)}</script><table width="980" align="center"><tr><td colspan="3">\
<img src="images/top.jpg"/>
<span id="ctl00_lblNgayGio">{dress.weekday(self.clock(hit))}, {self.clock(hit):%d/%m/%Y} \
{dress.twelve(self.clock(hit))}</span></td></tr>
<tr>{menu}</tr><tr><td valign="top"><ul>{left}</ul></td><td valign="top">{inner}</td><td valign="top">
<span class="cm">Thông báo mới</span><marquee scrollamount="2" direction="up">{moving}</marquee>
<span class="cm">Văn bản mới</span><table>{papers}</table><span class="cm">Liên kết website</span>\
<select>{outside}</select>
<div>Số lượt truy cập: <span id="ctl00_lblDem">{seen["total"]}</span> Trực tuyến: {seen["online"]}</div></td>\
</tr></table>
<div id="footer">Bản quyền: UBND {self.unit}</div></form></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("", "<h2>Server Error in '/' Application.</h2><p>The resource cannot be found.</p>", hit)
