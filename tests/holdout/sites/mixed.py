"""A base element, http and https links side by side, /Tin-Tuc/ and /tin-tuc/, the date only as last line of \
the body."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of

SECURE = BASE.replace("http://", "https://")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div class="img"><img src="Images/Upload/{story.number}-{number}.png" alt="{caption}"></div>'
        f'<div class="chuthich" align="center"><i>{caption}</i></div>'
    )


MARKUP = Markup(
    "<p align=justify>{}</p>",
    "<p align=justify><b>{}</b></p>",
    "<ul>{}</ul>",
    "<li>{}</li>",
    "<table class=bang border=1>{}</table>",
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
)


class Mixed(Edition):
    name, platform = "mixed", "custom CMS, base href, mixed schemes and cases"
    unit = "xã Cẩm Thanh"
    hamlet = "thôn"
    sections = ("Tin tức", "Du lịch", "Thông báo")
    count = 20
    minutes = False
    byline = "Bài, ảnh: {author}"
    boilerplate = ("Tin mới hơn", "Bài đọc nhiều", "Về đầu trang", "Danh mục", "Cập nhật ngày")

    def path(self, story: Story) -> str:
        slug = {section: slug for slug, section in self.slugs.items()}[story.section]
        return f"/{slug}/{story.slug}"

    def loud(self, path: str) -> str:
        head, _, tail = path[1:].partition("/")
        return "/" + "-".join(part.capitalize() for part in head.split("-")) + "/" + tail

    def build(self) -> None:
        self.add("/", self.front)
        for slug, section in self.slugs.items():
            self.listing(f"/{slug}/", section, self.inside(section))
        for page in dress.pages(self.name, self.unit):
            inner = f"<h3>{page.title}</h3><div class=noidung>{page.html}</div>"
            self.add(f"/{page.slug}.html", partial(self.shell, page.title, inner))
        for story in self.stories:
            for target in (self.path(story), self.loud(self.path(story))):
                self.add(target, partial(self.article, story))
            files = tuple(f"/Images/Upload/File/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files, published_source="page-update")

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 6)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<div class=tin><a href="{SECURE}{self.path(story)}"><img src="Images/t{story.number}.png"></a>'
                f'<a class=td href="{self.path(story)[1:]}">{esc(story.title)}</a><p>{esc(story.excerpt)}</p></div>'
                for story in rows
            )
            steps = " ".join(
                f'<a href="{BASE}{base}{f"?trang={at}" if at > 1 else ""}">{at}</a>' for at in range(1, len(sheets) + 1)
            )
            inner = f"<h3>{heading}</h3>{items}<div class=trang>Trang {steps}</div>"
            for path in (base, self.loud(base)):
                target = f"{path}?trang={number}" if number > 1 else path
                self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<li><a href="{BASE}{self.loud(self.path(story))}">{esc(story.title)}</a></li>'
            for story in self.stories[:8]
        )
        return self.shell("Trang chủ", f"<ul class=moi>{rows}</ul>", hit)

    def article(self, story: Story, hit: int) -> str:
        when = f"{story.when.day}/{story.when.month}/{story.when.year}"
        lead = f"<p align=justify><b><i>{esc(story.lead)}</i></b></p>" if story.lead else ""
        files = "".join(f'<p><a href="Images/Upload/File/{f.name}">{esc(f.label)}</a></p>' for f in story.files)
        name = f"<p align=right><b>{self.signed(story)}</b></p>" if story.author else ""
        near = "".join(
            f'<li><a href="{SECURE if at % 2 else BASE}{self.path(row)}">{esc(row.title)}</a></li>'
            for at, row in enumerate(self.others(story, 5))
        )
        inner = f"""<div class=dd><a href="">Trang chủ</a> / {story.section}</div><h3>{esc(story.title)}</h3>
<div class=noidung>{lead}{MARKUP.body(story)}{files}{name}<p align=right><i>Cập nhật ngày {when}</i></p></div>
<div class=khac><b>Tin mới hơn</b><ul>{near}</ul></div><a href="#top">Về đầu trang</a>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(
            f'<li><a href="{(self.loud(f"/{slug}/") if at % 2 else f"/{slug}/")[1:]}">{name}</a></li>'
            for at, (slug, name) in enumerate(self.slugs.items())
        )
        menu += "".join(f'<li><a href="{p.slug}.html">{p.title}</a></li>' for p in dress.pages(self.name, self.unit))
        most = "".join(f'<li><a href="{BASE}{self.path(s)}">{esc(s.title)}</a></li>' for s in self.stories[3:7])
        seen = furniture.visits(hit)
        digits = "".join(f"<span>{digit}</span>\n" for digit in seen["total"].replace(".", ""))
        return f"""<!DOCTYPE html><html><head><base href="{BASE}/"><title>{esc(title)}</title><meta charset="utf-8">
<style>{furniture.css(self.name, 20)}</style></head><body id=top><div class=top><h1><a href="">XÃ CẨM THANH</a></h1>
<span>{self.clock(hit):%d/%m/%Y %H:%M:%S}</span></div><div class=menu><b>Danh mục</b><ul>{menu}</ul></div>
<div class=giua>{inner}</div><div class=phai><b>Bài đọc nhiều</b><ul>{most}</ul><div>Lượt truy cập {digits}</div></div>
<div class=chan>UBND {self.unit}, Hội An. Giấy phép số 795/GP-STTTT ngày 15/8/2017</div>
<script>{furniture.js(self.name, 18)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("404", "<h3>Không có trang này</h3>", hit)
