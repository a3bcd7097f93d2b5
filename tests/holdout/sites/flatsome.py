"""WordPress with a page builder: sliders, sticky posts on every list, titles in h2, '12 Th3, 2024', no feed, no API."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of

MENU = (("/gioi-thieu-chung/", "Giới thiệu"), ("/lanh-dao/", "Bộ máy"), ("/thu-tuc-hanh-chinh/", "Thủ tục"))


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<figure class="wp-caption aligncenter" style="width: 800px"><img class="size-large wp-image-{number}" '
        f'src="{BASE}/wp-content/uploads/2026/anh-{story.number}-{number}.jpg" alt="">'
        f'<figcaption class="wp-caption-text">{caption}</figcaption></figure>'
    )


MARKUP = Markup(
    '<p style="text-align: justify;"><span style="font-size: 110%;">{}</span></p>',
    "<p><strong>{}</strong></p>",
    "<ul>{}</ul>",
    "<li>{}</li>",
    '<div class="table-responsive"><table style="width: 100%;"><tbody>{}</tbody></table></div>',
    "<tr>{}</tr>",
    '<td><span style="font-size: 90%;">{}</span></td>',
    _figure,
)


class Flatsome(Edition):
    name, platform = "flatsome", "WordPress, Flatsome and Elementor"
    unit = "phường An Khê"
    sections = ("Tin tức", "Chuyển đổi số", "Đoàn thể", "Thông báo")
    count = 26
    minutes = False
    byline = "{author}"
    boilerplate = ("Bài viết liên quan", "Xem thêm", "Bài viết mới", "Lưu trữ", "Chuyển đến nội dung")
    edits = True
    ahead = timedelta(hours=3)

    def url(self, story: Story) -> str:
        return f"{BASE}/{story.slug}/"

    def day(self, story: Story) -> str:
        return f"{story.when.day} Th{story.when.month}, {story.when.year}"

    def build(self) -> None:
        self.add("/", self.front)
        self.data("/robots.txt", "User-agent: *\nDisallow: /wp-admin/\n", "text/plain")
        for slug, section in self.slugs.items():
            self.listing(f"/category/{slug}/", section, self.inside(section))
        self.listing("/category/tat-ca/", "Tất cả tin bài", self.stories)
        self.listing("/author/quantri/", "Tác giả: quantri", self.stories)
        self.listing("/tag/phuong-an-khe/", "Thẻ: phường An Khê", self.stories[:7])
        for month in sorted({f"{story.when:%Y/%m}" for story in self.stories}):
            rows = [story for story in self.stories if f"{story.when:%Y/%m}" == month]
            self.listing(f"/{month}/", f"Lưu trữ hàng tháng: Tháng {month[5:]} {month[:4]}", rows)
        for page in dress.pages(self.name, self.unit):
            inner = (
                f'<div class="page-title-inner"><h2 class="entry-title">{page.title}</h2></div>'
                f'<div class="elementor-section">{page.html}</div>'
            )
            self.add(f"/{page.slug}/", partial(self.shell, page.title, inner))
        self.add("/?s=", partial(self.shell, "Kết quả tìm kiếm", "<h2>Không có gì</h2>"))
        for story in self.stories:
            path = f"/{story.slug}/"
            self.add(path, partial(self.article, story))
            for file in story.files:
                self.offer(f"/wp-content/uploads/2026/{file.name}", file)
            files = tuple(f"/wp-content/uploads/2026/{file.name}" for file in story.files)
            self.record(story, path, attachments=files)

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 6)
        for number, rows in enumerate(sheets, 1):

            def render(hit: int, number: int = number, rows: list[Story] = list(rows)) -> str:  # noqa: B006
                cards = "".join(self.card(story) for story in [*self.stories[4:6], *rows])
                steps = "".join(
                    f'<li><a class="page-number" href="{BASE}{base}{f"page/{at}/" if at > 1 else ""}">{at}</a></li>'
                    for at in range(1, len(sheets) + 1)
                )
                more = f'<ul class="page-numbers nav-pagination links text-center">{steps}</ul>' if sheets[1:] else ""
                head = f'<h2 class="page-title is-large uppercase"><span>{heading}</span></h2>'
                return self.shell(heading, f'{head}<div id="post-list"><div class="row">{cards}</div>{more}</div>', hit)

            self.add(base if number == 1 else f"{base}page/{number}/", render)

    def card(self, story: Story) -> str:
        return f"""<div class="col post-item"><div class="col-inner">\
<div class="box box-text-bottom box-blog-post has-hover">
<div class="box-image"><div class="image-cover" style="padding-top:56%;"><a href="{self.url(story)}" class="plain">
<img src="{BASE}/wp-content/uploads/2026/t-{story.number}.jpg" alt=""></a></div></div>
<div class="box-text text-left"><div class="box-text-inner blog-post-inner">
<h5 class="post-title is-large"><a href="{self.url(story)}" class="plain">{esc(story.title)}</a></h5>
<div class="is-divider"></div><p class="from_the_blog_excerpt">{esc(story.excerpt[:90])} [...]</p>
<a href="{self.url(story)}" class="button is-outline is-xsmall">Xem thêm</a></div></div>
<div class="badge absolute top post-date badge-square"><div class="badge-inner"><span class="post-date-day">\
{story.when.day:02d}</span><br><span class="post-date-month is-xsmall">Th{story.when.month}</span></div></div>
</div></div></div>"""

    def front(self, hit: int) -> str:
        slides = "".join(
            f'<div class="banner has-hover"><div class="banner-inner fill">'
            f'<a class="fill" href="{self.url(story)}"></a>'
            f'<div class="text-box banner-layer"><h3 class="uppercase"><strong>{esc(story.title)}</strong></h3>'
            f'<a href="{self.url(story)}" class="button primary"><span>Xem thêm</span></a></div></div></div>'
            for story in self.stories[:3]
        )
        blocks = "".join(
            f'<div class="section-title-container"><h3 class="section-title section-title-bold"><b></b>'
            f"<span>{section}</span>"
            f'<b></b><a href="{BASE}/category/{slug}/">Xem thêm<i class="icon-angle-right"></i></a></h3></div>'
            f'<div class="row large-columns-4">{"".join(self.card(story) for story in self.inside(section)[:3])}</div>'
            for slug, section in self.slugs.items()
        )
        return self.shell(
            "Trang chủ", f'<div class="slider-wrapper"><div class="slider">{slides}</div></div>{blocks}', hit
        )

    def article(self, story: Story, hit: int) -> str:
        name = (
            f'<p style="text-align: right;"><strong><em>{self.signed(story)}</em></strong></p>' if story.author else ""
        )
        files = "".join(
            f'<p><a href="{BASE}/wp-content/uploads/2026/{file.name}">{esc(file.label)}</a></p>' for file in story.files
        )
        near = "".join(
            f'<div class="col"><a href="{self.url(row)}"><h5 class="post-title">{esc(row.title)}</h5></a></div>'
            for row in self.others(story, 4)
        )
        slug = {section: slug for slug, section in self.slugs.items()}[story.section]
        inner = f"""<div class="elementor elementor-location-single post-{9000 + self.age(story)} post type-post">
<div class="elementor-widget elementor-widget-heading"><div class="elementor-widget-container">
<h2 class="elementor-heading-title elementor-size-default">{esc(story.title)}</h2></div></div>
<div class="elementor-widget elementor-widget-post-info"><ul><li>\
<a href="{BASE}/category/{slug}/">{story.section}</a></li>
<li><span class="meta">{self.day(story)}</span></li></ul></div>
<div class="elementor-widget elementor-widget-theme-post-content"><div class="elementor-widget-container">
{MARKUP.body(story, lead=True)}{files}{name}</div></div>
<div class="blog-share text-center"><div class="social-icons">\
<a href="https://www.facebook.com/sharer.php?u=x">Facebook</a>\
<a href="mailto:?subject=x">Email</a></div></div>
<div class="related"><h4 class="section-title"><span>Bài viết liên quan</span></h4>\
<div class="row">{near}</div></div></div>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(f'<li class="menu-item"><a href="{BASE}{path}">{name}</a></li>' for path, name in MENU)
        menu += "".join(
            f'<li class="menu-item"><a href="{BASE}/category/{slug}/">{name}</a></li>'
            for slug, name in self.slugs.items()
        )
        menu += f'<li class="menu-item"><a href="{BASE}/category/tat-ca/">Tất cả tin bài</a></li>'
        foot = "".join(f'<li><a href="{BASE}/{p.slug}/">{p.title}</a></li>' for p in dress.pages(self.name, self.unit))
        recent = "".join(
            f'<li class="recent-blog-posts-li"><a href="{self.url(story)}">{esc(story.title)}</a></li>'
            for story in self.stories[:5]
        )
        months = dict.fromkeys(f"{story.when:%Y/%m}" for story in self.stories)
        archive = "".join(f'<li><a href="{BASE}/{m}/">Tháng {m[5:]} {m[:4]}</a></li>' for m in months)
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="UTF-8">\
<title>{esc(title)} &#8211; {self.town}</title>
<meta name="generator" content="WordPress 6.4.3"><meta name="generator" content="Elementor 3.19.2">
<style>{furniture.css(self.name, 24)}</style></head><body class="ux-layout">
<a class="skip-link screen-reader-text" href="#main">Chuyển đến nội dung</a>
<div class="elementor-popup-modal" id="popup"><p>Chào mừng kỷ niệm ngày Nhà giáo Việt Nam 20/11</p>\
<a href="#">Đóng</a></div>
<header><div id="logo"><a href="{BASE}/">UBND {self.unit}</a></div><ul class="nav header-nav">{menu}</ul>
<span class="top-date">{dress.weekday(self.clock(hit))}, {self.clock(hit):%d/%m/%Y %H:%M:%S}</span></header>
<main id="main"><div class="row"><div class="large-9 col">{inner}</div>
<div class="post-sidebar large-3 col"><aside class="widget"><span class="widget-title">Bài viết mới</span>\
<ul>{recent}</ul></aside>
<aside><span class="widget-title">Lưu trữ</span><ul>{archive}</ul></aside>
<aside><span class="widget-title">Thẻ</span><a href="{BASE}/tag/phuong-an-khe/">phường An Khê</a>
<a href="{BASE}/author/quantri/">quantri</a></aside>
<aside class="widget"><p>Đang online: {seen["online"]}</p><p>Tổng truy cập: {seen["total"]}</p></aside></div>\
</div></main>
<footer><ul>{foot}</ul><p>Bản quyền thuộc về UBND {self.unit}. Ghi rõ nguồn khi phát hành lại thông tin.</p></footer>
<script>{furniture.js(self.name, 18)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("Không tìm thấy", "<h2>Oops! Không tìm thấy trang này.</h2>", hit)
