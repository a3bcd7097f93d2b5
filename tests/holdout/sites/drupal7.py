"""Drupal 7 with Views: ?page=1 is the second page, every node has two addresses, fields are wrapped four times."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div class="media media-element-container media-default"><div class="file file-image"><div class="content">'
        f'<img class="media-element" src="/sites/default/files/anh{story.number}-{number}.jpg"></div></div></div>'
        f'<p class="rtecenter"><em>Ảnh: {caption}</em></p>'
    )


MARKUP = Markup(
    '<p class="rtejustify">{}</p>',
    "<h3>{}</h3>",
    "<ul>{}</ul>",
    "<li>{}</li>",
    '<table class="MsoNormalTable" border="1"><tbody>{}</tbody></table>',
    "<tr>{}</tr>",
    '<td><p class="MsoNormal">{}</p></td>',
    _figure,
)


def field(name: str, inner: str) -> str:
    return (
        f'<div class="field field-name-{name} field-type-text field-label-hidden"><div class="field-items">'
        f'<div class="field-item even">{inner}</div></div></div>'
    )


class Drupal7(Edition):
    name, platform = "drupal7", "Drupal 7, Views"
    unit = "thị trấn An Châu"
    hamlet = "tổ dân phố"
    sections = ("Tin tức", "Kinh tế", "Văn bản chỉ đạo")
    count = 24
    byline = "{author}"
    edits = True
    boilerplate = ("Tin cùng chuyên mục", "Đính kèm", "Dung lượng", "Skip to main content", "Phiên bản in", "English")

    def path(self, story: Story) -> str:
        slug = {section: slug for slug, section in self.slugs.items()}[story.section]
        return f"/{slug}/{story.slug}"[:100].rstrip("-")

    def node(self, story: Story) -> str:
        return f"/node/{1204 + 7 * self.age(story)}"

    def stamp(self, story: Story) -> str:
        return f"{dress.weekday(story.when)}, {story.when:%d/%m/%Y - %H:%M}"

    def build(self) -> None:
        self.add("/", self.front)
        for slug, section in self.slugs.items():
            self.listing(f"/{slug}", section, self.inside(section))
        self.listing("/tat-ca-tin", "Tất cả tin", self.stories)
        self.listing("/the/dan-van", "dân vận", self.stories[3:8])
        self.add("/en", partial(self.shell, "Home", "<h2>Welcome</h2><p>The English version is being built.</p>"))
        for page in dress.pages(self.name, self.unit):
            inner = (
                f'<div class="node node-page"><h2 class="node-title">{page.title}</h2>{field("body", page.html)}</div>'
            )
            self.add(f"/{page.slug}", partial(self.shell, page.title, inner))
        for story in self.stories:
            for target in (self.path(story), self.node(story)):
                self.add(target, partial(self.article, story))
            target = "/print" + self.node(story)[5:]
            self.add(
                target,
                partial(self.printed, story),
            )
            files = tuple(f"/sites/default/files/vanban/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            captions = tuple(f"Ảnh: {text}" for text in story.captions)
            self.record(story, self.path(story), attachments=files, captions=captions)

    def printed(self, story: Story, hit: int) -> str:
        return (
            f"<html><head><title>{esc(story.title)}</title><meta name=robots content=noindex>"
            f"</head><body><h1>{esc(story.title)}</h1>{MARKUP.body(story, lead=True)}</body></html>"
        )

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 6)
        for number, rows in enumerate(sheets):
            items = "".join(
                f'<div class="views-row views-row-{at}"><div class="views-field views-field-title">'
                f'<h2 class="field-content">'
                f'<a href="{self.path(story)}">{esc(story.title)}</a></h2></div>'
                f'<div class="views-field views-field-created">'
                f'<span class="field-content">{story.when:%d/%m/%Y}</span></div>'
                f'<div class="views-field views-field-body">'
                f'<div class="field-content"><p>{esc(story.excerpt)}</p></div></div></div>'
                for at, story in enumerate(rows, 1)
            )
            steps = "".join(
                f'<li class="pager-item">'
                f'<a title="Tới trang {at + 1}" href="{base}{f"?page={at}" if at else ""}">{at + 1}</a></li>'
                for at in range(len(sheets))
            )
            last = (
                f'<li class="pager-last"><a href="{base}?page={len(sheets) - 1}">cuối »</a></li>' if sheets[1:] else ""
            )
            inner = (
                f'<div class="view-content">{items}</div><div class="item-list">'
                f'<ul class="pager">{steps}{last}</ul></div>'
            )
            target = f"{base}?page={number}" if number else base
            self.add(target, partial(self.shell, heading, f"<h1>{heading}</h1>{inner}"))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<div class="views-row"><h2><a href="{self.node(story)}">{esc(story.title)}</a></h2></div>'
            for story in self.stories[:6]
        )
        return self.shell("Trang chủ", f'<div class="view view-frontpage">{rows}</div>', hit)

    def article(self, story: Story, hit: int) -> str:
        files = "".join(
            f'<tr class="odd"><td><span class="file"><img class="file-icon" src="/modules/file/icons/x.png"/> '
            f'<a href="{BASE}/sites/default/files/vanban/{file.name}">{esc(file.label)}</a></span></td>'
            f"<td>{at + 1}4.5 KB</td></tr>"
            for at, file in enumerate(story.files)
        )
        table = (
            f'<table class="sticky-enabled"><thead><tr><th>Đính kèm</th><th>Dung lượng</th></tr></thead>{files}</table>'
        )
        near = "".join(
            f'<div class="views-row"><span class="field-content"><a href="{self.path(row)}">{esc(row.title)}</a> '
            f"({row.when:%d/%m})</span></div>"
            for row in self.others(story, 6)
        )
        lead = field("field-sapo", f"<strong>{esc(story.lead)}</strong>") if story.lead else ""
        name = field("field-tac-gia", self.signed(story)) if story.author else ""
        inner = f"""<div id="node-{self.node(story)[6:]}" class="node node-tin-bai node-promoted clearfix">
<h2 class="node-title">{esc(story.title)}</h2><div class="content clearfix">{field("post-date", self.stamp(story))}
{lead}{field("body", MARKUP.body(story))}{name}{field("field-dinh-kem", table) if files else ""}</div>
<ul class="links inline"><li class="print_html"><a href="/print{self.node(story)[5:]}">Phiên bản in</a></li>
<li class="statistics_counter"><span>{dress.views(self.age(story), hit)} lượt đọc</span></li></ul></div>
<div class="block block-views"><h2>Tin cùng chuyên mục</h2><div class="view-content">{near}</div></div>"""
        return self.shell(story.title, inner, hit, self.path(story), self.node(story))

    def shell(self, title: str, inner: str, hit: int, canonical: str = "", short: str = "") -> str:
        head = (
            f'<link rel="canonical" href="{canonical}" /><link rel="shortlink" href="{short}" />' if canonical else ""
        )
        menu = "".join(f'<li class="leaf"><a href="/{slug}">{name}</a></li>' for slug, name in self.slugs.items())
        menu += '<li class="leaf"><a href="/tat-ca-tin">Tất cả tin</a></li>'
        menu += "".join(
            f'<li class="leaf"><a href="/{p.slug}">{p.title}</a></li>' for p in dress.pages(self.name, self.unit)
        )
        hot = "".join(f'<li><a href="{self.node(s)}">{esc(s.title)}</a></li>' for s in self.stories[:4])
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML+RDFa 1.0//EN"><html xml:lang="vi"><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />{head}
<meta name="Generator" content="Drupal 7 (http://drupal.org)" /><title>{esc(title)} | {self.town}</title>
<style>{furniture.css(self.name, 22)}</style></head><body class="html not-front one-sidebar page-node">
<div id="skip-link"><a href="#main-content">Skip to main content</a></div><div id="page"><div id="header">
<h1 id="site-name"><a href="/">{self.town}</a></h1><a href="/en">English</a>\
<div id="now">{self.clock(hit):%H:%M:%S - %d/%m/%Y}</div>
</div><ul id="main-menu">{menu}</ul><div id="main" class="clearfix"><div id="content"><a id="main-content">\
</a>{inner}</div>
<div id="sidebar-second"><div class="block"><h2>Tin nổi bật</h2><ul>{hot}</ul></div><div class="block"><h2>Thẻ</h2>
<a href="/the/dan-van">dân vận</a></div><div class="block">\
<h2>Truy cập</h2>Hôm nay: {seen["today"]}<br>Tổng số: {seen["total"]}
</div></div></div><div id="footer">Cơ quan chủ quản: UBND {self.unit}. Điện thoại: 0204.3886.111</div></div>
<script>{furniture.js(self.name, 16)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("Không tìm thấy trang", "<h2>Không tìm thấy trang</h2>", hit)
