"""WordPress whose feed has three items, whose sitemap has everything but posts, with five leads below each article."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div class="wp-block-image"><figure class="aligncenter size-full">'
        f'<a href="{BASE}/{story.slug}/anh-{number}/">'
        f'<img src="/wp-content/uploads/a{story.number}-{number}.jpg"/></a>'
        f'<figcaption class="wp-element-caption">{caption}</figcaption></figure></div>'
    )


MARKUP = Markup(
    "<p>{}</p>",
    '<h3 class="wp-block-heading">{}</h3>',
    '<ul class="wp-block-list">{}</ul>',
    "<li>{}</li>",
    '<figure class="wp-block-table"><table><tbody>{}</tbody></table></figure>',
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
    "\n\n",
)


class WordPressShortFeed(Edition):
    name, platform = "wp_feed3", "WordPress, poor feed and sitemap"
    unit = "xã Đồng Tiến"
    hamlet = "thôn"
    sections = ("Tin trong xã", "An ninh - Quốc phòng", "Thông báo - Văn bản")
    count = 22
    minutes = False
    byline = "Tin và ảnh: {author}"
    boilerplate = ("Tin liên quan", "Điều hướng bài viết", "Trả lời", "Bình luận", "Đăng bởi")

    def path(self, story: Story) -> str:
        return f"/{story.when:%Y/%m/%d}/{story.slug}/"

    def day(self, story: Story) -> str:
        when = story.when
        return f"{dress.weekday(when)}, Tháng {dress.MONTH_WORDS[when.month - 1]} {when.day}, {when.year}"

    def build(self) -> None:
        self.listing("/", "Trang chủ", self.stories)
        for slug, section in self.slugs.items():
            self.listing(f"/chuyen-muc/{slug}/", section, self.inside(section))
        self.listing("/the/nong-thon-moi/", "Thẻ: nông thôn mới", self.stories[3:9])
        self.listing("/tac-gia/vanphong/", "Văn phòng", self.stories)
        for page in dress.pages(self.name, self.unit):
            self.add(
                f"/{page.slug}/",
                partial(
                    self.shell,
                    page.title,
                    f'<article class="page"><header><h1 class="entry-title">{page.title}</h1></header>'
                    f'<div class="entry-content">{page.html}</div></article>',
                ),
            )
        for month in sorted({f"{story.when:%Y/%m}" for story in self.stories}):
            rows = [story for story in self.stories if f"{story.when:%Y/%m}" == month]
            self.listing(f"/{month}/", f"Tháng {month[5:]}, {month[:4]}", rows)
        pictures: list[str] = []
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            for number, caption in enumerate(story.captions, 1):
                target = f"/{story.slug}/anh-{number}/"
                pictures.append(target)
                self.add(target, partial(self.picture, story, number, caption))
            files = tuple(f"/wp-content/uploads/tai-lieu/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)
        self.machines(pictures)

    def machines(self, pictures: list[str]) -> None:
        items = "".join(
            f"<item><title>{esc(s.title)}</title><link>{BASE}{self.path(s)}</link><pubDate>"
            f"{s.when:%a, %d %b %Y %H:%M:%S} +0700</pubDate><description>{esc(s.excerpt)}</description></item>"
            for s in self.stories[:3]
        )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{self.town}</title>{items}</channel></rss>'
        self.data("/feed/", feed, "application/rss+xml; charset=UTF-8")
        kinds = {
            "posts-page": [f"/{page.slug}/" for page in dress.pages(self.name, self.unit)],
            "posts-attachment": pictures,
            "users": ["/tac-gia/vanphong/"],
        }
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        for kind, paths in kinds.items():
            rows = "".join(f"<url><loc>{BASE}{path}</loc></url>" for path in paths)
            self.data(f"/wp-sitemap-{kind}-1.xml", f"<urlset {space}>{rows}</urlset>", "application/xml")
        index = "".join(f"<sitemap><loc>{BASE}/wp-sitemap-{kind}-1.xml</loc></sitemap>" for kind in kinds)
        self.data("/wp-sitemap.xml", f"<sitemapindex {space}>{index}</sitemapindex>", "application/xml")
        self.data("/robots.txt", f"User-agent: *\nDisallow: /wp-admin/\nSitemap: {BASE}/wp-sitemap.xml\n", "text/plain")

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 5)
        for number, rows in enumerate(sheets, 1):
            inner = f'<h1 class="page-title">{heading}</h1>' if base != "/" else ""
            inner += "".join(self.entry_of(story) for story in rows)
            older = f'<a href="{BASE}{base}page/{number + 1}/">&larr; Bài cũ hơn</a>' if number < len(sheets) else ""
            newer = f'<a href="{BASE}{base}{f"page/{number - 1}/" if number > 2 else ""}">Bài mới hơn</a>'
            inner += f'<nav class="navigation">{older} {newer if number > 1 else ""}</nav>'
            self.add(
                base if number == 1 else f"{base}page/{number}/",
                partial(self.shell, heading, inner),
            )

    def entry_of(self, story: Story) -> str:
        return (
            f'<article class="post"><h2 class="entry-title"><a href="{BASE}{self.path(story)}" rel="bookmark">'
            f'{esc(story.title)}</a></h2><div class="posted-on">{self.day(story)}</div>'
            f'<div class="entry-summary"><p>{esc(story.excerpt)} <a class="more-link" href="{BASE}{self.path(story)}">'
            "Đọc tiếp</a></p></div></article>"
        )

    def article(self, story: Story, hit: int) -> str:
        files = "".join(
            f'<div class="wp-block-file"><a href="{BASE}/wp-content/uploads/tai-lieu/{file.name}">{esc(file.label)}</a>'
            f'<a href="{BASE}/wp-content/uploads/tai-lieu/{file.name}" class="wp-block-file__button" '
            f"download>Tải về</a></div>"
            for file in story.files
        )
        name = f'<p class="has-text-align-right"><strong>{self.signed(story)}</strong></p>' if story.author else ""
        near = "".join(
            f'<div class="rp4wp-related-post"><a href="{BASE}{self.path(row)}">{esc(row.title)}</a>'
            f"<p>{esc(row.lead or next(iter(row.paragraphs), row.title))}</p></div>"
            for row in self.others(story, 5)
        )
        inner = f"""<article id="post-{400 + self.age(story)}" class="post hentry"><header class="entry-header">
<h1 class="entry-title">{esc(story.title)}</h1><div class="entry-meta"><span class="posted-on">{self.day(story)}</span>
<span class="byline"> Đăng bởi <a href="{BASE}/tac-gia/vanphong/">vanphong</a>\
</span> <span>{dress.views(self.age(story), hit)}\
</span></div></header><div class="entry-content">{MARKUP.body(story, lead=True)}
{files}{name}
<div class="rp4wp-related-posts"><h3>Tin liên quan</h3>{near}</div></div>
<nav class="post-navigation"><h2 class="screen-reader-text">Điều hướng bài viết</h2></nav>
<div id="respond"><h3>Trả lời</h3><p>Email của bạn sẽ không được hiển thị công khai. Các trường bắt buộc được \
đánh dấu *</p>
<form><p><label>Bình luận</label><textarea></textarea></p></form></div></article>"""
        return self.shell(story.title, inner, hit, self.path(story))

    def picture(self, story: Story, number: int, caption: str, hit: int) -> str:
        inner = f"""<article class="attachment"><h1 class="entry-title">anh-{number}</h1>
<div class="entry-meta">{self.day(story)} tại 1024 &times; 768 trong <a \
href="{BASE}{self.path(story)}">{esc(story.title)}</a></div>
<div class="entry-content"><p class="attachment"><img src="/wp-content/uploads/a{story.number}-{number}.jpg"></p>
<p>{esc(caption)}</p></div></article>"""
        return self.shell(f"anh-{number}", inner, hit)

    def shell(self, title: str, inner: str, hit: int, canonical: str = "") -> str:
        menu = "".join(f'<li><a href="{BASE}/{p.slug}/">{p.title}</a></li>' for p in dress.pages(self.name, self.unit))
        cats = "".join(f'<li><a href="{BASE}/chuyen-muc/{slug}/">{name}</a></li>' for slug, name in self.slugs.items())
        months = dict.fromkeys(f"{story.when:%Y/%m}" for story in self.stories)
        archive = "".join(f'<option value="{BASE}/{m}/">Tháng {m}</option>' for m in months)
        link = f'<link rel="canonical" href="{BASE}{canonical}">' if canonical else ""
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="UTF-8">\
<title>{esc(title)} - {self.town}</title>{link}
<link rel="alternate" type="application/rss+xml" href="{BASE}/feed/">\
<style>{furniture.css(self.name, 20)}</style></head><body>
<header class="site-header"><p class="site-title"><a href="{BASE}/">Trang thông tin điện tử {self.unit}</a></p>
<p>Hôm nay: {self.clock(hit):%d/%m/%Y %H:%M}</p><nav><ul>{cats}{menu}</ul></nav></header>
<div class="site-content"><main>{inner}</main><aside><h2>Thời tiết</h2><p>{furniture.weather(hit)}</p>
<h2>Lưu trữ</h2><select>{archive}</select><h2>Thống kê</h2><p>Trực tuyến: {seen["online"]}</p>\
<p>Tổng: {seen["total"]}</p>
<div class="tagcloud"><a href="{BASE}/the/nong-thon-moi/">nông thôn mới</a></div></aside></div>
<footer><p>Chịu trách nhiệm nội dung: Chủ tịch UBND {self.unit}</p></footer>
<script>{furniture.js(self.name, 16)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("Không tìm thấy", "<h1>Không tìm thấy trang</h1><p>Có vẻ như không có gì ở đây.</p>", hit)
