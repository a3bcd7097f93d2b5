"""WordPress with a theme like the yearly ones: feeds, sitemap, archives of every kind, comments, JSON-LD in UTC.

A fair judge tolerates the pages "Giới thiệu", "Cơ cấu tổ chức" and "Liên hệ" either way; archives by category,
tag, author and month are no articles.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from tests.unseen import furniture
from tests.unseen.base import BASE, Portal, Render, newest
from tests.unseen.model import Markup, Story, esc, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "phường Bến Nghé Đông"
NAME = "Phường Bến Nghé Đông"
SECTIONS = ("Tin tức – Sự kiện", "Văn hóa – Xã hội", "An ninh – Quốc phòng", "Thông báo")
TAGS = ("cải cách hành chính", "khu phố", "an sinh", "chuyển đổi số", "phường")


def _figure(story: Story, number: int, caption: str) -> str:
    source = f"/wp-content/uploads/{story.when:%Y/%m}/anh-{story.number}-{number}"
    return (
        f'<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024" height="683" '
        f'src="{source}-1024x683.jpg" alt="" class="wp-image-{900 + story.number}" srcset="{source}-1024x683.jpg \
1024w, '
        f'{source}-300x200.jpg 300w" sizes="(max-width: 1024px) 100vw, 1024px" />'
        f'<figcaption class="wp-element-caption">{caption}</figcaption></figure>'
    )


MARKUP = Markup(
    p="<p>{}</p>",
    h='<h3 class="wp-block-heading">{}</h3>',
    ul='<ul class="wp-block-list">{}</ul>',
    li="<li>{}</li>",
    table='<figure class="wp-block-table"><table><tbody>{}</tbody></table></figure>',
    tr="<tr>{}</tr>",
    td="<td>{}</td>",
    figure=_figure,
    between="\n\n",
)


class WordPressTwenty(Portal):
    """A ward of a big city on WordPress."""

    name = "wp_twenty"
    platform = "wordpress"

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=36, hamlet="khu phố")
        self.stories = [self._early(story) for story in self.stories]
        self.add_lists("/", self.stories, "", 6)
        for section in SECTIONS:
            rows = [story for story in self.stories if story.section == section]
            self.add_lists(f"/category/{slugify(section)}/", rows, f"Chuyên mục: <span>{esc(section)}</span>", 5)
            self.feed(f"/category/{slugify(section)}/feed/", rows)
        for number, tag in enumerate(TAGS):
            rows = [story for story in self.stories if story.number % len(TAGS) == number]
            self.add_lists(f"/tag/{slugify(tag)}/", rows, f"Thẻ: <span>{tag}</span>", 6)
        self.add_lists("/author/quantri/", self.stories, "Tác giả: <span class='vcard'>quantri</span>", 6)
        for month in {f"{row.when:%Y/%m}" for row in self.stories}:
            rows = [story for story in self.stories if f"{story.when:%Y/%m}" == month]
            self.add_lists(f"/{month}/", rows, f"Tháng: <span>Tháng {month[5:]} {month[:4]}</span>", 6)
        for story in self.stories:
            self.article(story)
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for slug, title, content in (
            ("gioi-thieu", "Giới thiệu", about),
            ("co-cau-to-chuc", "Cơ cấu tổ chức", "<p>Đảng ủy</p><p>Hội đồng nhân dân</p><p>Ủy ban nhân dân</p>"),
            (
                "lien-he",
                "Liên hệ",
                f"<p>UBND {UNIT}</p><p>Điện thoại: 028.3829.0000</p><form class='wpcf7-form'></form>",
            ),
        ):
            self.add(f"/{slug}/", self._static(title, content), tolerated=True)
        steps = "".join(f"<li>{name}</li>" for name in furniture.PROCEDURES)
        self.add("/thu-tuc-hanh-chinh/", self._static("Thủ tục hành chính", f"<ol>{steps}</ol>"), tolerated=True)
        self.add("/?s=", lambda hit: self.page("Kết quả tìm kiếm", self.search_form, hit, "search"))
        self.add(
            "/wp-login.php",
            lambda hit: "<html><body class='login'><form id='loginform'>Tên đăng nhập</form></body></html>",
        )
        self.feed("/feed/", self.stories)
        self.data("/comments/feed/", _rss("Phản hồi cho " + NAME, ""), "application/rss+xml; charset=UTF-8")
        self.sitemaps()

    @staticmethod
    def _early(story: Story) -> Story:
        """Some posts of the small hours: another day in UTC."""
        return replace(story, when=story.when.replace(hour=5)) if story.number % 6 == 2 else story

    def _static(self, title: str, content: str) -> Render:
        main = f'<article class="page type-page hentry"><h1 class="entry-title">{title}</h1>\
<div class="entry-content">{content}</div></article>'
        return lambda hit: self.page(title, main, hit, "page")

    @staticmethod
    def path(story: Story) -> str:
        return f"/{story.slug[:90].rstrip('-')}/"

    @staticmethod
    def post_id(story: Story) -> int:
        return 4100 - story.number * 7

    def add_lists(self, path: str, rows: Sequence[Story], heading: str, size: int) -> None:
        parts = pages_of(rows, size)
        for number, part in enumerate(parts, 1):
            links = []
            for other in range(1, len(parts) + 1):
                address = path if other == 1 else f"{path}page/{other}/"
                links.append(
                    f'<span aria-current="page" class="page-numbers current">{other}</span>'
                    if other == number
                    else f'<a class="page-numbers" href="{BASE}{address}">{other}</a>'
                )
            nav = (
                '<nav class="navigation pagination" aria-label="Phân trang bài viết"><h2 class="screen-reader-text">'
                f'Phân trang bài viết</h2><div class="nav-links">{" ".join(links)}</div></nav>'
            )
            head = f'<header class="page-header"><h1 class="page-title">{heading}</h1></header>' if heading else ""
            main = head + "".join(self.teaser(story) for story in part) + (nav if len(parts) > 1 else "")
            self.add(
                path if number == 1 else f"{path}page/{number}/",
                lambda hit, main=main: self.page(
                    heading,
                    main,
                    hit,
                    "archive"
                    if heading
                    else "home \
blog",
                ),  # type: ignore[misc]
            )

    def teaser(self, story: Story) -> str:
        return f"""
<article id="post-{self.post_id(story)}" class="post-{self.post_id(story)} post type-post status-publish \
format-standard hentry">
<header class="entry-header"><h2 class="entry-title default-max-width">\
<a href="{BASE}{self.path(story)}" rel="bookmark">{esc(story.title)}</a></h2></header>
<div class="entry-content"><p>{esc(story.excerpt)}</p>
<a class="more-link" href="{BASE}{self.path(story)}">Đọc tiếp <span class="screen-reader-text">{esc(story.title)}\
</span></a></div>
<footer class="entry-footer"><span class="posted-on">Đăng ngày <time class="entry-date" \
datetime="{story.when:%Y-%m-%dT%H:%M:%S}+07:00">{_date(story)}</time></span></footer>
</article>"""

    # -- an article

    def article(self, story: Story) -> None:
        path, number = self.path(story), self.post_id(story)
        self.move(f"/?p={number}", BASE + path)
        self.data(f"{path}feed/", _rss(f"Phản hồi cho {story.title}", ""), "application/rss+xml; charset=UTF-8")
        self.add(path, lambda hit: self.page(story.title, self.single(story), hit, f"single postid-{number}", story))
        for file in story.files:
            self.offer(f"/wp-content/uploads/{story.when:%Y/%m}/{file.name}", file)
        self.golds.append(
            story.gold(
                path,
                category=story.section,
                attachments=tuple(f"/wp-content/uploads/{story.when:%Y/%m}/{file.name}" for file in story.files),
                boilerplate=(
                    "Để lại một bình luận",
                    "Email của bạn sẽ không được hiển thị",
                    "Bài viết mới",
                    "Được phân loại trong",
                    "Điều hướng bài viết",
                    "Lưu trữ",
                    _date(story),
                ),
            )
        )

    def single(self, story: Story) -> str:
        number = self.post_id(story)
        category = slugify(story.section)
        tag = TAGS[story.number % len(TAGS)]
        files = "".join(
            f'<div class="wp-block-file">\
<a href="/wp-content/uploads/{story.when:%Y/%m}/{file.name}">{esc(file.label)}</a>'
            f'<a href="/wp-content/uploads/{story.when:%Y/%m}/{file.name}" class="wp-block-file__button \
wp-element-button" download>Tải về</a></div>'
            for file in story.files
        )
        sign = story.signature("Tin bài: {author}")
        byline = f'<p class="has-text-align-right"><strong>{esc(sign)}</strong></p>' if sign else ""
        before, after = (self.stories[(story.number + step) % len(self.stories)] for step in (1, -1))
        return f"""
<article id="post-{number}" class="post-{number} post type-post status-publish format-standard hentry \
category-{category}">
<header class="entry-header alignwide"><h1 class="entry-title">{esc(story.title)}</h1>
<div class="entry-meta"><span class="posted-on">Đăng ngày <time class="entry-date published updated" \
datetime="{story.when:%Y-%m-%dT%H:%M:%S}+07:00">{_date(story)}</time></span>
<span class="byline">Bởi <a href="{BASE}/author/quantri/" rel="author">quantri</a></span></div>
<figure class="post-thumbnail"><img width="1568" height="882" \
src="/wp-content/uploads/{story.when:%Y/%m}/dai-dien-{story.number}.jpg" class="attachment-post-thumbnail" alt="" />\
</figure></header>
<div class="entry-content">
{MARKUP.body(story, lead=True)}
{files}
{byline}
</div>
<footer class="entry-footer default-max-width"><div class="post-taxonomies"><span class="cat-links">Được phân loại trong
<a href="{BASE}/category/{category}/" rel="category tag">{esc(story.section)}</a> </span>\
<span class="tags-links">Được gắn thẻ <a href="{BASE}/tag/{slugify(tag)}/" rel="tag">{tag}</a></span></div></footer>
</article>
<nav class="navigation post-navigation" aria-label="Bài viết"><h2 class="screen-reader-text">Điều hướng bài viết</h2>\
<div class="nav-links">
<div class="nav-previous"><a href="{BASE}{self.path(before)}" rel="prev"><p class="meta-nav">Bài trước</p>\
<p class="post-title">{esc(before.title)}</p></a></div>
<div class="nav-next"><a href="{BASE}{self.path(after)}" rel="next"><p class="meta-nav">Bài tiếp theo</p>\
<p class="post-title">{esc(after.title)}</p></a></div></div></nav>
{self.comments(story)}"""

    def comments(self, story: Story) -> str:
        said = ""
        if story.number % 4 == 1:
            for place, text in enumerate(
                ("Hoan nghênh phường, mong có thêm nhiều hoạt động như vậy.", "Cho hỏi khu mình bao giờ triển khai?")
            ):
                number = story.number * 10 + place
                when = story.when + timedelta(days=3 + place)
                said += f"""<li id="comment-{number}" class="comment even depth-1"><article class="comment-body">\
<footer class="comment-meta">
<div class="comment-author vcard"><b class="fn">Bạn đọc {number}</b> <span class="says">viết:</span></div>\
<div class="comment-metadata">
<a href="{BASE}{self.path(story)}#comment-{number}"><time datetime="{when:%Y-%m-%dT%H:%M:%S}+07:00">{when:%d/%m/%Y} \
lúc {when:%H:%M}</time></a></div></footer>
<div class="comment-content"><p>{text}</p></div><div class="reply"><a rel="nofollow" class="comment-reply-link"
 href="{BASE}{self.path(story)}?replytocom={number}#respond">Trả lời</a></div></article></li>"""
            said = f'<h2 class="comments-title">2 bình luận</h2><ol class="comment-list">{said}</ol>'
        return f"""<div id="comments" class="comments-area">{said}<div id="respond" class="comment-respond">
<h2 id="reply-title" class="comment-reply-title">Để lại một bình luận <small>\
<a rel="nofollow" href="{self.path(story)}#respond" style="display:none;">Hủy</a></small></h2>
<form action="/wp-comments-post.php" method="post" class="comment-form">\
<p class="comment-notes">Email của bạn sẽ không được hiển thị công khai.
Các trường bắt buộc được đánh dấu <span class="required">*</span></p><p><label>Bình luận *</label>\
<textarea name="comment"></textarea></p>
<p><label>Tên *</label><input name="author"></p><p><label>Email *</label><input name="email"></p>
<p><input type="checkbox"> Lưu tên của tôi, email, và trang web trong trình duyệt này cho lần bình luận kế tiếp của \
tôi.</p>
<input type="submit" value="Gửi bình luận"></form></div></div>"""

    # -- the frame

    search_form = '<form role="search" class="search-form"><label>Tìm kiếm…</label><input name="s">\
<input type="submit" value="Tìm kiếm"></form>'

    def head(self, title: str, story: Story | None) -> str:
        if story is None:
            return f"<title>{title or 'Trang chủ'} – {NAME}</title>"
        utc = story.when - timedelta(hours=7)
        graph = {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "Article",
                    "headline": story.title,
                    "datePublished": f"{utc:%Y-%m-%dT%H:%M:%S}+00:00",
                    "dateModified": f"{utc + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+00:00",
                    "author": {"name": "quantri"},
                    "articleSection": [story.section],
                    "inLanguage": "vi",
                },
                {"@type": "WebSite", "name": NAME, "description": "Trang thông tin điện tử " + UNIT},
            ],
        }
        return f"""<title>{esc(story.title)} – {NAME}</title>
<link rel="canonical" href="{BASE}{self.path(story)}" /><meta property="og:type" content="article" />
<meta property="og:title" content="{esc(story.title)} - {NAME}" /><meta property="og:description" \
content="{esc(story.excerpt)}" />
<meta property="article:published_time" content="{utc:%Y-%m-%dT%H:%M:%S}+00:00" />
<script type="application/ld+json" class="yoast-schema-graph">{json.dumps(graph, ensure_ascii=False)}</script>
<link rel="alternate" type="application/rss+xml" title="Dòng phản hồi" href="{BASE}{self.path(story)}feed/" />
<link rel='shortlink' href='{BASE}/?p={self.post_id(story)}' />"""

    def page(self, title: str, main: str, hit: int, body: str, story: Story | None = None) -> str:
        seen = furniture.visits(hit)
        menu = "".join(
            f'<li class="menu-item"><a href="{BASE}/category/{slugify(name)}/">{name}</a></li>' for name in SECTIONS
        )
        recent = "".join(
            f'<li><a href="{BASE}{self.path(row)}">{esc(row.title)}</a></li>' for row in newest(self.stories, 5)
        )
        popular = "".join(
            f'<li><a href="{BASE}/?p={self.post_id(row)}">{esc(row.title)}</a></li>' for row in self.stories[9:30:5]
        )
        months = sorted(
            {(f"{row.when:%Y/%m}", f"Tháng {row.when:%m} {row.when:%Y}") for row in self.stories}, reverse=True
        )
        archive = "".join(f"<li><a href='{BASE}/{month}/'>{label}</a></li>" for month, label in months)
        tags = " ".join(f'<a href="{BASE}/tag/{slugify(tag)}/" class="tag-cloud-link">{tag}</a>' for tag in TAGS)
        links = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in furniture.EXTERNAL)
        return f"""<!DOCTYPE html>
<html lang="vi" prefix="og: https://ogp.me/ns#"><head><meta charset="UTF-8" />\
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name='robots' content='index, follow, max-image-preview:large' />{self.head(title, story)}
<link rel="alternate" type="application/rss+xml" title="Dòng thông tin {NAME} &raquo;" href="{BASE}/feed/" />
<link rel="alternate" type="application/rss+xml" title="Dòng bình luận" href="{BASE}/comments/feed/" />
<style id='global-styles-inline-css'>{furniture.css(self.name, 22)}</style><script>{furniture.js(self.name, 9)}</script>
<link rel="EditURI" type="application/rsd+xml" href="{BASE}/xmlrpc.php?rsd" />\
<meta name="generator" content="WordPress 6.4.3" /></head>
<body class="{body} wp-embed-responsive is-light-theme"><div id="page" class="site">
<a class="skip-link screen-reader-text" href="#content">Chuyển đến phần nội dung</a>
<header id="masthead" class="site-header has-title-and-tagline"><div class="site-branding"><p class="site-title">\
<a href="{BASE}/">{NAME}</a></p>
<p class="site-description">Trang thông tin điện tử {UNIT}</p></div><nav id="site-navigation" \
class="primary-navigation"><ul id="primary-menu-list">
<li class="menu-item"><a href="{BASE}/">Trang chủ</a></li><li class="menu-item">\
<a href="{BASE}/gioi-thieu/">Giới thiệu</a>
<ul class="sub-menu"><li><a href="{BASE}/co-cau-to-chuc/">Cơ cấu tổ chức</a></li></ul></li>{menu}
<li class="menu-item"><a href="{BASE}/thu-tuc-hanh-chinh/">Thủ tục hành chính</a></li><li class="menu-item">\
<a href="{BASE}/lien-he/">Liên hệ</a></li></ul></nav></header>
<div id="content" class="site-content"><div id="primary" class="content-area">\
<main id="main" class="site-main">{main}</main></div></div>
<aside class="widget-area">
<section class="widget widget_search">{self.search_form}</section>
<section class="widget widget_recent_entries"><h2 class="widget-title">Bài viết mới</h2><ul>{recent}</ul></section>
<section class="widget popular-posts"><h2 class="widget-title">Xem nhiều nhất</h2><ul>{popular}</ul></section>
<section class="widget widget_archive"><h2 class="widget-title">Lưu trữ</h2><ul>{archive}</ul></section>
<section class="widget widget_tag_cloud"><h2 class="widget-title">Thẻ</h2>{tags}</section>
<section class="widget widget_links"><h2 class="widget-title">Liên kết</h2><ul>{links}</ul></section>
<section class="widget"><h2 class="widget-title">Thống kê truy cập</h2><p>Đang online: {seen["online"]}</p>\
<p>Tổng truy cập: {seen["total"]}</p></section>
<section class="widget widget_meta"><ul><li><a href="{BASE}/wp-login.php">Đăng nhập</a></li></ul></section></aside>
<footer id="colophon" class="site-footer"><div class="site-info">© 2026 {NAME}. Ghi rõ nguồn khi phát hành lại thông \
tin từ trang này.
<div class="powered-by">Tự hào được cung cấp bởi <a href="https://vi.wordpress.org/">WordPress</a>.</div></div>\
</footer></div>
<script>{furniture.js(self.name + "foot", 6)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        main = f'<section class="error-404 not-found"><h1 class="page-title">Không có gì ở đây</h1>\
<p>Có vẻ như không tìm thấy gì tại địa chỉ này.</p>{self.search_form}</section>'
        return self.page("Không tìm thấy trang", main, hit, "error404")

    # -- feeds and sitemaps

    def feed(self, path: str, rows: Sequence[Story]) -> None:
        items = "".join(
            f"<item><title>{esc(row.title)}</title><link>{BASE}{self.path(row)}</link><dc:creator>\
<![CDATA[quantri]]></dc:creator>"
            f"<pubDate>{_rfc(row.when)}</pubDate><category><![CDATA[{row.section}]]></category>"
            f'<guid isPermaLink="false">{BASE}/?p={self.post_id(row)}</guid><description>\
<![CDATA[{row.excerpt}]]></description></item>'
            for row in rows[:10]
        )
        self.data(path, _rss(NAME, items), "application/rss+xml; charset=UTF-8")

    def sitemaps(self) -> None:
        xml = "application/xml; charset=UTF-8"
        parts = {
            "posts-post-1": [self.path(story) for story in self.stories],
            "posts-page-1": ["/gioi-thieu/", "/co-cau-to-chuc/", "/lien-he/", "/thu-tuc-hanh-chinh/"],
            "taxonomies-category-1": [f"/category/{slugify(name)}/" for name in SECTIONS],
            "users-1": ["/author/quantri/"],
        }
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        for part, paths in parts.items():
            urls = "".join(f"<url><loc>{BASE}{path}</loc></url>" for path in paths)
            self.data(
                f"/wp-sitemap-{part}.xml", f'<?xml version="1.0" encoding="UTF-8"?><urlset {space}>{urls}</urlset>', xml
            )
        index = "".join(f"<sitemap><loc>{BASE}/wp-sitemap-{part}.xml</loc></sitemap>" for part in parts)
        self.data(
            "/wp-sitemap.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {space}>{index}</sitemapindex>',
            xml,
        )
        rules = (
            f"User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: {BASE}/wp-sitemap.xml\n"
        )
        self.data("/robots.txt", rules, "text/plain; charset=utf-8")


def _date(story: Story) -> str:
    day, month = furniture.WEEKDAYS[story.when.weekday()], furniture.MONTHS[story.when.month - 1]
    return f"{day}, Tháng {month} {story.when.day}, {story.when.year}"


def _rfc(when: datetime) -> str:
    return format_datetime(when - timedelta(hours=7)).replace("-0000", "+0000")


def _rss(title: str, items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{esc(title)}</title><link>{BASE}</link><language>vi</language>{items}</channel></rss>"
    )
