"""NukeViet 3 in windows-1258: /vi/news/Chuyen-muc/Ten-bai-312/, no feed, print and save pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

from phuongchi.demo.site import Reply
from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of, plain

TONES = "\u0300\u0301\u0303\u0309\u0323"


def encoded(text: str) -> bytes:
    """Text as windows-1258 writes it: letter, then tone; what the code page lacks as a reference."""
    done: list[str] = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tones = "".join(part for part in parts if part in TONES)
        done.append(unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)) + tones)
    return "".join(done).encode("cp1258", "xmlcharrefreplace")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div style="text-align:center">'
        f'<img alt="" height="360" src="/uploads/news/2026_11/{story.number}_{number}.jpg" width="480" />'
        f"<br /><em>{caption}</em></div>"
    )


MARKUP = Markup(
    '<p style="text-align:justify">{}</p>',
    '<p style="text-align:justify"><strong>{}</strong></p>',
    "<ul>{}</ul>",
    "<li>{}</li>",
    '<table align="center" border="1" cellpadding="0"><tbody>{}</tbody></table>',
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
)


class Nuke3(Edition):
    name, platform = "nuke3", "NukeViet 3, windows-1258"
    unit = "xã Nghi Thạch"
    hamlet = "xóm"
    sections = ("Tin tức", "Nông thôn mới", "Thông báo")
    count = 20
    byline = "Tác giả bài viết: {author}"
    content_type = "text/html; charset=windows-1258"
    boilerplate = (
        "Những tin mới hơn",
        "Những tin cũ hơn",
        "In ra",
        "Lưu bài viết này",
        "Gửi bài viết qua email",
        "Ý kiến bạn đọc",
    )

    def add(self, target: str, render: Callable[[int], str], *, status: int = 200, tolerated: bool = False) -> None:
        self.routes[target] = lambda hit: Reply(encoded(render(hit)), status, (("Content-Type", self.content_type),))

    def folder(self, section: str) -> str:
        return plain(section).replace(" ", "-")

    def tail(self, story: Story) -> str:
        words = "-".join("".join(c for c in word if c.isalnum()) for word in plain(story.title).split())
        return f"{self.folder(story.section)}/{words}-{101 + 2 * self.age(story)}"

    def path(self, story: Story) -> str:
        return f"/vi/news/{self.tail(story)}/"

    def build(self) -> None:
        self.move("/", "/vi/", 302)
        self.add("/vi/", self.front)
        self.listing("/vi/news/", "Tin bài", self.stories)
        for section in self.sections:
            self.listing(f"/vi/news/{self.folder(section)}/", section, self.inside(section))
        for page in dress.pages(self.name, self.unit):
            inner = f'<div class="box"><h2 class="title">{page.title}</h2><div class="bodytext">{page.html}</div></div>'
            self.add(f"/vi/about/{page.slug}/", partial(self.shell, page.title, inner))
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            self.add(
                f"/vi/news/sendmail/{self.tail(story)}/",
                partial(self.shell, "Gửi bài viết", "<form><input name=email><p>Email người nhận</p></form>"),
            )
            for verb in ("print", "savefile"):
                self.add(
                    f"/vi/news/{verb}/{self.tail(story)}/",
                    partial(self.printed, story),
                )
            files = tuple(f"/uploads/news/2026_11/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)

    def printed(self, story: Story, hit: int) -> str:
        return (
            f"<html><head><title>{esc(story.title)}</title></head><body><h2>{esc(story.title)}</h2>"
            f"{story.when:%d.%m.%Y %H:%M}<br />{MARKUP.body(story, lead=True)}</body></html>"
        )

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 6)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<div class="news_column"><div class="items clearfix"><a href="{self.path(story)}">'
                f'<img src="/uploads/t.jpg"/></a>'
                f'<h3><a href="{self.path(story)}">{esc(story.title)}</a></h3><p>{esc(story.excerpt)}</p></div></div>'
                for story in rows
            )
            steps = ", ".join(
                f'<a href="{base}{f"page-{at}/" if at > 1 else ""}">{at}</a>'
                if at != number
                else f"<strong>{at}</strong>"
                for at in range(1, len(sheets) + 1)
            )
            inner = f'{items}<div class="generate_page">{steps if sheets[1:] else ""}</div>'
            target = f"{base}page-{number}/" if number > 1 else base
            self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<li><a class="show" href="{self.path(story)}">{esc(story.title)}</a></li>' for story in self.stories[:6]
        )
        return self.shell("Trang nhất", f'<ul class="headline">{rows}</ul>', hit)

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row is not story]
        newer = [row for row in rows if row.when > story.when][-4:]
        older = [row for row in rows if row.when < story.when][:4]
        near = "".join(
            f'<p class="rl">{label}</p><ul class="related">'
            + "".join(
                f'<li><a href="{self.path(r)}">{esc(r.title)}</a> <em>({r.when:%d/%m/%Y})</em></li>' for r in part
            )
            + "</ul>"
            for label, part in (("Những tin mới hơn", newer), ("Những tin cũ hơn", older))
            if part
        )
        lead = f'<div class="hometext">{esc(story.lead)}</div>' if story.lead else ""
        files = "".join(f'<p><a href="/uploads/news/2026_11/{f.name}">{esc(f.label)}</a></p>' for f in story.files)
        name = (
            f'<p style="text-align: right;"><strong>Tác giả bài viết: </strong>{story.author}</p>'
            if story.author
            else ""
        )
        tail = self.tail(story)
        inner = f"""<div class="news_column" style="padding:0 !important;margin:0 !important;"><div id="news_detail">
<h1>{esc(story.title)}</h1><span class="time">{dress.weekday(story.when)} - {story.when:%d/%m/%Y %H:%M}</span>
<div class="action"><a href="/vi/news/sendmail/{tail}/">Gửi bài viết qua email</a>\
<a href="/vi/news/print/{tail}/">In ra</a>
<a href="/vi/news/savefile/{tail}/">Lưu bài viết này</a>\
</div>{lead}<div class="bodytext">{MARKUP.body(story)}{files}</div>
{name}</div></div><div class="comment"><p>Ý kiến bạn đọc</p><form><textarea></textarea>\
<label>Mã an toàn</label></form></div>
<div class="other-news">{near}</div>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(f'<li><a href="/vi/news/{self.folder(name)}/">{name}</a></li>' for name in self.sections)
        menu += '<li><a href="/vi/news/">Tin bài</a></li>'
        menu += "".join(
            f'<li><a href="/vi/about/{p.slug}/">{p.title}</a></li>' for p in dress.pages(self.name, self.unit)
        )
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html lang="vi"><head>
<meta http-equiv="Content-Type" content="text/html; charset=windows-1258" />\
<meta name="generator" content="NukeViet v3.x" />
<title>{esc(title)} - Tin bài - {self.town}</title><style>{furniture.css(self.name, 18)}</style></head><body>
<noscript><div>Trình duyệt của bạn đã tắt chức năng hỗ trợ JavaScript.</div></noscript><div id="header">\
<a href="{BASE}/vi/">
XÃ NGHI THẠCH</a><div class="clock">{dress.weekday(self.clock(hit))} - {self.clock(hit):%d/%m/%Y %H:%M}</div></div>
<ul class="menu">{menu}</ul><div id="container">{inner}</div><div class="col-b"><h3>Thống kê</h3><ul><li>Đang truy cập:
{seen["online"]}</li><li>Hôm nay: {seen["today"]}</li><li>Tổng lượt truy cập: {seen["total"]}</li></ul>
<h3>Thăm dò ý kiến</h3><form><p>Bạn biết trang này từ đâu?</p>\
<input type="radio"> Bạn bè <input type="radio"> Báo chí</form></div>
<div id="footer"><p>Bản quyền thuộc về UBND {self.unit}. Mã nguồn NukeViet 3.4</p></div>
<script>{furniture.js(self.name, 16)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return f"<html><body><p>Loi 404: {BASE} khong co trang nay.</p></body></html>"
