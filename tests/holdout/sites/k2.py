"""Joomla with K2: /tin-tuc/item/123-slug, a second address in the component, base href, prints, tags and calendars."""

from __future__ import annotations

import hashlib
from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import File, Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<p style="text-align: center;"><img src="images/2026/{story.number}-{number}.jpg" alt="" width="600" /></p>\n'
        f'<p style="text-align: center;"><em>{caption}</em></p>'
    )


MARKUP = Markup(
    '<p style="text-align: justify;">{}</p>',
    '<p style="text-align: justify;"><strong>{}</strong></p>',
    "<ul>\n{}</ul>",
    '<li style="text-align: justify;">{}</li>\n',
    '<table border="1" cellspacing="0" cellpadding="0"><tbody>{}</tbody></table>',
    "<tr>{}</tr>",
    '<td valign="top"><p>{}</p></td>',
    _figure,
)


class K2(Edition):
    name, platform = "k2", "Joomla 3, K2"
    unit = "phường Đông Vệ"
    sections = ("Tin tức", "Phổ biến pháp luật", "Thông báo")
    count = 22
    byline = "T/h: {author}"
    boilerplate = ("Các mục liên quan (theo thẻ)", "Mới nhất từ Quản trị viên", "Trở lại đầu trang", "In ấn", "Gắn thẻ")

    def path(self, story: Story) -> str:
        slug = {section: slug for slug, section in self.slugs.items()}[story.section]
        return f"/{slug}/item/{212 + 3 * self.age(story)}-{story.slug}"

    def load(self, story: Story, number: int, file: File) -> str:
        digest = hashlib.md5(file.name.encode(), usedforsecurity=False).hexdigest()
        return f"{self.path(story).partition('item/')[0]}item/download/{self.age(story)}{number}_{digest}"

    def build(self) -> None:
        self.add("/", self.front)
        for slug, section in self.slugs.items():
            self.listing(f"/{slug}", section, self.inside(section))
        self.listing("/tin-tuc/itemlist/tag/cai-cach", "Cải cách", self.stories[2:9])
        self.listing("/tin-tuc/itemlist/user/62-quantri", "Quản trị viên", self.stories)
        for month in sorted({f"{story.when.year}/{story.when.month}" for story in self.stories}):
            rows = [story for story in self.stories if f"{story.when.year}/{story.when.month}" == month]
            self.listing(f"/tin-tuc/itemlist/date/{month}", f"Tháng {month}", rows)
        for page in dress.pages(self.name, self.unit):
            inner = f'<div class="item-page"><h2 itemprop="headline">{page.title}</h2>{page.html}</div>'
            self.add(f"/{page.slug}", partial(self.shell, page.title, inner))
        for story in self.stories:
            path = self.path(story)
            self.add(path, partial(self.article, story))
            second = f"/component/k2/item/{path.rpartition('/')[2]}"
            self.add(second, partial(self.article, story))
            self.add(f"{second}?Itemid=101", partial(self.article, story))
            self.add(
                f"{path}?tmpl=component&print=1",
                partial(self.printed, story),
            )
            files = tuple(self.load(story, at, file) for at, file in enumerate(story.files, 1))
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, path, attachments=files)

    def stamp(self, story: Story) -> str:
        when = story.when
        return f"{dress.weekday(when)}, {when.day:02d} Tháng {when.month} {when.year} {when:%H:%M}"

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 7)
        for number, rows in enumerate(sheets):
            items = "".join(
                f'<div class="itemContainer"><div class="catItemView groupPrimary"><div class="catItemHeader">'
                f'<span class="catItemDateCreated">{self.stamp(story)}</span><h3 class="catItemTitle">'
                f'<a href="{self.path(story)}">{esc(story.title)}</a></h3></div><div class="catItemBody">'
                f'<div class="catItemIntroText"><p>{esc(story.excerpt)}</p></div></div><div class="catItemReadMore">'
                f'<a class="k2ReadMore" href="{self.path(story)}">Đọc thêm ...</a></div></div></div>'
                for story in rows
            )
            steps = "".join(
                f'<li><a class="pagenav" href="{base}{f"?start={7 * at}" if at else ""}">{at + 1}</a></li>'
                for at in range(len(sheets))
            )
            inner = (
                f'<div id="k2Container" class="itemListView"><h2>{heading}</h2>{items}<div class="k2Pagination">'
                f"<ul>{steps}</ul>Trang {number + 1} / {len(sheets)}</div></div>"
            )
            target = f"{base}?start={7 * number}" if number else base
            self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<li class="even"><a class="moduleItemTitle" href="component/k2/item/{self.path(story).rpartition("/")[2]}'
            f'?Itemid=101">{esc(story.title)}</a><span class="moduleItemDateCreated">{self.stamp(story)}</span></li>'
            for story in self.stories[:8]
        )
        return self.shell("Trang chủ", f'<div class="k2ItemsBlock"><ul>{rows}</ul></div>', hit)

    def article(self, story: Story, hit: int) -> str:
        return self.shell(story.title, self.item(story, hit), hit)

    def printed(self, story: Story, hit: int) -> str:
        return (
            f"<html><head><title>{esc(story.title)}</title></head><body onload=print()>"
            f"{self.item(story, hit)}</body></html>"
        )

    def item(self, story: Story, hit: int) -> str:
        lead = f'<div class="itemIntroText"><p><strong>{esc(story.lead)}</strong></p></div>' if story.lead else ""
        files = "".join(
            f'<li><a title="{esc(file.label)}" href="{self.load(story, at, file)}">{esc(file.label)}</a>'
            f"<span>({17 + hit % 40} Lượt tải)</span></li>"
            for at, file in enumerate(story.files, 1)
        )
        block = (
            f'<div class="itemAttachmentsBlock"><span>Tải về đính kèm:</span><ul>{files}</ul></div>' if files else ""
        )
        name = f'<p style="text-align: right;"><strong>{self.signed(story)}</strong></p>' if story.author else ""
        near = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in self.others(story, 5))
        return f"""<span id="startOfPageId{self.age(story)}"></span><div id="k2Container" class="itemView">
<div class="itemHeader"><span class="itemDateCreated">
 {self.stamp(story)} </span><h2 class="itemTitle">
 {esc(story.title)} </h2><span class="itemAuthor">Được viết bởi <a rel="author" \
href="/tin-tuc/itemlist/user/62-quantri">\
Quản trị viên</a></span></div>
<div class="itemToolbar"><ul><li><span>cỡ chữ</span> <a href="#">giảm kích thước chữ</a> <a href="#">tăng kích \
thước chữ</a></li>
<li><a class="itemPrintLink" rel="nofollow" href="{self.path(story)}?tmpl=component&amp;print=1">In ấn</a></li>\
</ul></div>
<div class="itemRatingBlock"><span>Đánh giá mục này</span><div>(0 bình chọn)</div></div>
<div class="itemBody">{lead}<div class="itemFullText">{MARKUP.body(story)}{name}</div></div>
<div class="itemContentFooter"><span class="itemHits">Đọc <b>{dress.views(self.age(story), hit)}</b> lần</span>
<span class="itemDateModified">Sửa đổi lần cuối vào {self.stamp(story)}</span></div>
<div class="itemLinks"><div class="itemTagsBlock"><span>Gắn thẻ</span><ul><li>\
<a href="/tin-tuc/itemlist/tag/cai-cach">cải cách</a>
</li></ul></div>{block}</div><div class="itemAuthorLatest"><h3>Mới nhất từ Quản trị viên</h3><ul>{near}</ul></div>
<div class="itemRelated"><h3>Các mục liên quan (theo thẻ)</h3><ul>{near}</ul></div>
<div class="itemBackToTop"><a href="#startOfPageId{self.age(story)}">Trở lại đầu trang</a></div></div>"""

    def shell(self, title: str, inner: str, hit: int) -> str:
        sections = "".join(f'<li><a href="/{slug}">{name}</a></li>' for slug, name in self.slugs.items())
        menu = "".join(f'<li><a href="{p.slug}">{p.title}</a></li>' for p in dress.pages(self.name, self.unit))
        months = dict.fromkeys((story.when.year, story.when.month) for story in self.stories)
        archive = "".join(f'<li><a href="/tin-tuc/itemlist/date/{y}/{m}">Tháng {m} {y}</a></li>' for y, m in months)
        cells = "".join(f"<tr>{''.join(f'<td>{row * 7 + at + 1}</td>' for at in range(7))}</tr>" for row in range(4))
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html lang="vi-vn"><head><base href="{BASE}/"><meta charset="utf-8">
<meta name="generator" content="Joomla! - Open Source Content Management"><title>{esc(title)}</title>
<style>{furniture.css(self.name, 20)}</style></head><body><div id="header"><h1><a href="/">Phường Đông Vệ</a></h1>
<div class="clock">{dress.weekday(self.clock(hit))}, {self.clock(hit):%d/%m/%Y %H:%M:%S}</div></div>
<ul class="menu nav">{sections}{menu}</ul><div class="breadcrumbs">Bạn đang ở: <a href="/">Trang chủ</a></div>
<div id="content">{inner}</div><div id="right"><div class="k2CalendarBlock"><table>\
<caption>Tháng Mười Một</caption>{cells}
</table></div><ul class="archive">{archive}</ul><div class="mod_vvisit"><table><tr><td>Hôm nay</td>\
<td>{seen["today"]}</td></tr>
<tr><td>Tất cả</td><td>{seen["total"]}</td></tr></table></div></div>
<div id="footer"><p>© 2026 UBND {self.unit}</p></div><script>{furniture.js(self.name, 16)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("404", "<h2>404 - Không tìm thấy trang</h2>", hit)
