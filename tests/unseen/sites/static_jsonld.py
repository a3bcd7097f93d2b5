"""A static generator: slug-only addresses, relative links, the day only in JSON-LD; few classes.

A fair judge tolerates "Giới thiệu", "Liên hệ" and "Thủ tục" either way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import BASE, Portal, newest
from tests.unseen.model import Markup, Story, esc, iso, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "xã Tân Đoài"
SECTIONS = ("Tin tức sự kiện", "Chính sách mới", "Đời sống", "Thông báo")


def _figure(story: Story, number: int, caption: str) -> str:
    return f'<figure><img src="media/{story.slug[:30]}-{number}.jpg" alt="" loading="lazy">\
<figcaption>{caption}</figcaption></figure>'


MARKUP = Markup(
    p="<p>{}</p>",
    h="<h2>{}</h2>",
    ul="<ul>{}</ul>",
    li="<li>{}</li>",
    table="<table><tbody>{}</tbody></table>",
    tr="<tr>{}</tr>",
    td="<td>{}</td>",
    figure=_figure,
)


class StaticJsonLd(Portal):
    """A commune whose site is built from Markdown files."""

    name = "static_jsonld"
    platform = "static"

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=24, gap=10)
        self.add("/", self.home)
        self.move("/index.html", "/")
        for section in SECTIONS:
            self.lists(section, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/media/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    published_at=iso(story.when),
                    published_precision="minute",
                    published_source="jsonld",
                    published_basis="embedded",
                    attachments=files,
                    boilerplate=("Bài cùng mục", "Chia sẻ:", "Về đầu trang", "Tải về"),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for path, title, content in (
            ("/gioi-thieu.html", "Giới thiệu", about),
            ("/lien-he.html", "Liên hệ", "<address>UBND xã Tân Đoài, thôn Đông Hòa</address>"),
            (
                "/thu-tuc.html",
                "Thủ tục hành chính",
                f"<ul>{''.join(f'<li>{name}</li>' for name in furniture.PROCEDURES)}</ul>",
            ),
        ):
            self.add(
                path,
                partial(
                    self.page, title, f"<h1>{title}</h1>{content}", self.ld({"@type": "WebPage", "name": title}), ""
                ),
                tolerated=True,
            )
        every = "".join(f'<li><a href="{self.path(row)[1:]}">{esc(row.title)}</a></li>' for row in self.stories[:10])
        self.add("/so-do.html", partial(self.page, "Sơ đồ trang", f"<h1>Sơ đồ trang</h1><ul>{every}</ul>", "", ""))
        urls = "".join(
            f"<url><loc>{BASE}{self.path(row)}</loc><lastmod>2026-11-20</lastmod></url>" for row in self.stories
        )
        urls += f"<url><loc>{BASE}/</loc></url><url><loc>{BASE}/gioi-thieu.html</loc></url>"
        self.data(
            "/sitemap.xml",
            f'<?xml version="1.0" encoding="utf-8"?>\
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>',
            "text/xml",
        )

    @staticmethod
    def path(story: Story) -> str:
        return f"/{story.slug}.html"

    @staticmethod
    def ld(data: dict[str, object]) -> str:
        return f'<script \
type="application/ld+json">{json.dumps({"@context": "https://schema.org"} | data, ensure_ascii=False)}</script>'

    def home(self, hit: int) -> str:
        sections = "".join(
            f'<section><h2><a href="muc/{slugify(name)}/">{name}</a></h2>'
            + "".join(
                f'<article><h3><a href="{self.path(row)[1:]}">{esc(row.title)}</a></h3>\
<p>{esc(row.excerpt)}</p></article>'
                for row in newest(self.stories, 3, name)
            )
            + "</section>"
            for name in SECTIONS
        )
        return self.page(
            f"Trang tin {UNIT}", sections, self.ld({"@type": "WebSite", "name": UNIT, "url": BASE}), "", hit
        )

    def lists(self, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 4)
        base = f"/muc/{slugify(section)}/"
        for number, part in enumerate(parts, 1):
            up = "../../" if number == 1 else "../../../"
            items = "".join(
                f'<article><h3><a href="{up}{self.path(row)[1:]}">{esc(row.title)}</a></h3>\
<p>{esc(row.excerpt)}</p></article>'
                for row in part
            )
            nav = ""
            if number > 1:
                nav += f'\
<a rel="prev" href="../{f"{number - 1}/" if number > 2 else ""}">← Mới hơn</a>'
            if number < len(parts):
                nav += f'<a rel="next" href="{"../" if number > 1 else ""}{number + 1}/">Cũ hơn →</a>'
            path = base if number == 1 else f"{base}{number}/"
            self.add(path, partial(self.page, section, f"<h1>{section}</h1>{items}<nav>{nav}</nav>", "", up))

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row is not story][:4]
        others = "".join(f'<li><a href="{self.path(row)[1:]}">{esc(row.title)}</a></li>' for row in rows)
        files = "".join(f'<p><a href="media/{file.name}" download>{esc(file.label)}</a></p>' for file in story.files)
        sign = esc(story.signature("Tin: {author}"))
        data: dict[str, object] = {
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": f"{story.when:%Y-%m-%dT%H:%M:%S}+07:00",
            "dateModified": "2026-11-20T08:00:00+07:00",
            "mainEntityOfPage": BASE + self.path(story),
            "publisher": {"@type": "GovernmentOrganization", "name": f"UBND {UNIT}"},
        }
        main = f"""<article><header><h1>{esc(story.title)}</h1></header>
{MARKUP.body(story, lead=True)}
{files}{f'<p class="sign">{sign}</p>' if sign else ""}
<footer><p>Chia sẻ: <a href="https://www.facebook.com/sharer/">Facebook</a> \
<a href="https://zalo.me/">Zalo</a></p></footer></article>
<aside><h2>Bài cùng mục</h2><ul>{others}</ul><a href="muc/{slugify(story.section)}/">{story.section}</a></aside>"""
        return self.page(story.title, main, self.ld(data), "", hit)

    def page(self, title: str, main: str, head: str, up: str, hit: int) -> str:
        menu = "".join(f'<li><a href="{up}muc/{slugify(name)}/">{name}</a></li>' for name in SECTIONS)
        latest = "".join(
            f'<li><a href="{up}{self.path(row)[1:]}">{esc(row.title)}</a></li>' for row in newest(self.stories, 5)
        )
        links = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in furniture.EXTERNAL)
        root = up or "./"
        return f"""<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
<title>{esc(title)} | {UNIT}</title>{head}
<meta name="generator" content="Hugo 0.128.0"><style>{furniture.css(self.name, 24)}</style></head>
<body>
<a href="#noi-dung">Đến nội dung</a>
<header><a href="{root}"><strong>{UNIT.upper()}</strong></a><nav><ul><li><a href="{root}">Trang chủ</a></li><li>\
<a href="{up}gioi-thieu.html">Giới thiệu</a></li>{menu}<li><a href="{up}thu-tuc.html">Thủ tục</a></li><li>\
<a href="{up}lien-he.html">Liên hệ</a></li></ul></nav></header>
<main id="noi-dung">{main}</main>
<aside><h2>Mới cập nhật</h2><ul>{latest}</ul><h2>Liên kết</h2><ul>{links}</ul></aside>
<footer><p>© 2026 UBND {UNIT}. <a href="{up}so-do.html">Sơ đồ trang</a></p><p><a href="#">Về đầu trang</a></p></footer>
<script>{furniture.js(self.name, 10)}</script>
</body>
</html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page("404", "<h1>404</h1><p>Không có trang này.</p>", "", "/", hit)
