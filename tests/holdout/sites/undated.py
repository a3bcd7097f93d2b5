"""No date anywhere, hexadecimal ids, the text one block cut by <br>, the title a div; numbers of an import in \
the address."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.model import Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return f'<img class="img-detail" src="/api/image/{story.number}{number}.jpg" alt=""><br><i>{caption}</i><br><br>'


MARKUP = Markup(
    "{}<br><br>",
    "<b>{}</b><br><br>",
    "{}<br>",
    "{}<br>",
    "</div><table class=tb>{}</table><div class=nd>",
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
)


class Undated(Edition):
    name, platform = "undated", "interim portal, object ids, no dates"
    seed = "holdout0"
    unit = "phường Nghĩa Chánh"
    hamlet = "tổ dân phố"
    sections = ("Tin tức - Sự kiện", "Kinh tế - Xã hội", "Thông báo")
    count = 20
    newest = datetime.fromisoformat("2025-03-08T09:10")
    byline = ""
    boilerplate = ("Bài viết khác", "Trang chủ", "Chủ đề", "Quay về")

    def path(self, story: Story) -> str:
        return f"/page/Article/News/detail/67d290adb4766ef2890{0x7C1A + 3 * self.age(story):05x}"

    def build(self) -> None:
        self.add("/", self.front)
        for slug, section in self.slugs.items():
            self.listing(f"/page/Article/News/list/{slug}", section, self.inside(section))
        for page in dress.pages(self.name, self.unit):
            inner = f'<div class="title-detail">{page.title}</div><div class=nd>{page.html}</div>'
            self.add(f"/page/Content/{page.slug}", partial(self.shell, page.title, inner))
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/api/file/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files, published_at=None, published_basis=None)

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 5)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<div class=it><div class=im><img src="/api/image/{story.number}.jpg"></div>'
                f'<a href="{self.path(story)}">'
                f"<div class=tt>{esc(story.title)}</div></a><div class=ds>{esc(story.excerpt)}</div></div>"
                for story in rows
            )
            steps = "".join(f'<a href="{base}?pageNumber={at}">{at}</a>' for at in range(1, len(sheets) + 1))
            inner = f"<div class=cd>Chủ đề: {heading}</div>{items}<div class=pg>{steps}</div>"
            for target in (f"{base}?pageNumber={number}", *([base] if number == 1 else ())):
                self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        rows = "".join(f'<div class=it><a href="{self.path(s)}">{esc(s.title)}</a></div>' for s in self.stories[:7])
        return self.shell("Trang chủ", rows, hit)

    def article(self, story: Story, hit: int) -> str:
        lead = f"<b>{esc(story.lead)}</b><br><br>" if story.lead else ""
        files = "".join(f'<a href="/api/file/{f.name}">{esc(f.label)}</a><br>' for f in story.files)
        near = "".join(
            f'<a href="{self.path(r)}"><div class=tt>{esc(r.title)}</div></a>' for r in self.others(story, 5)
        )
        body = MARKUP.body(story)
        inner = f"""<div class="title-detail">{esc(story.title)}</div><div class=nd>{lead}{body}</div>\
<div class=fl>{files}</div>
<div class=ot><div class=cd>Bài viết khác</div>{near}</div><a href="/">Quay về</a>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(
            f'<a class=mn href="/page/Article/News/list/{slug}">{name}</a>' for slug, name in self.slugs.items()
        )
        menu += "".join(
            f'<a class=mn href="/page/Content/{p.slug}">{p.title}</a>' for p in dress.pages(self.name, self.unit)
        )
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Trang thông tin điện tử {self.unit}</title>
<style>{furniture.css(self.name, 26)}</style></head><body><div class=hd><a href="/">TRANG THÔNG TIN ĐIỆN TỬ</a>
<div>{self.town.upper()}</div></div><div class=mnb>{menu}</div><div class=bd>{inner}</div>
<div class=ft>Lượt truy cập: {seen["total"]} Đang xem: {seen["online"]}</div>
<script>{furniture.js(self.name, 22)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("Lỗi", "<div class=cd>undefined</div>", hit)
