"""Liferay 7: /web/phuong-x/-/slug, redirect parameters on every link, portlet paging, the site's name as h1."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of, plain, slugify

HOME = "/web/phuong-vinh-tan"
PORTLET = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_qXk2"


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<p style="text-align:center"><picture data-fileentryid="{33000 + story.number}"><img alt="" '
        f'src="/documents/20182/{story.number}{number}/anh.jpg" /></picture><br />\n<em>{caption}</em></p>'
    )


MARKUP = Markup(
    '<p style="text-align:justify">{}</p>',
    '<p style="text-align:justify"><strong>{}</strong></p>',
    "<ul>{}</ul>",
    "<li>{}</li>",
    '<table border="1" cellpadding="1" cellspacing="1" style="width:100%"><tbody>{}</tbody></table>',
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
)


class Liferay7(Edition):
    name, platform = "liferay7", "Liferay 7.3"
    entry = HOME
    unit = "phường Vinh Tân"
    hamlet = "khối"
    sections = ("Tin tức sự kiện", "Đảng, đoàn thể", "Thông báo mời họp")
    count = 20
    byline = "Tin bài: {author}"
    boilerplate = ("Tin bài liên quan", "Truy cập nội dung luôn", "Đóng", "Phiên làm việc", "Chia sẻ", "Quay lại")

    def path(self, story: Story) -> str:
        return f"{HOME}/-/{slugify(story.title.replace('đ', '').replace('Đ', ''))}"

    def link(self, story: Story, back: str) -> str:
        return f"{BASE}{self.path(story)}?inheritRedirect=true&amp;redirect={quote(back, safe='')}"

    def build(self) -> None:
        self.move("/", HOME, 302)
        self.add(HOME, self.front)
        self.add("/c/portal/login", partial(self.shell, "Đăng nhập", "<form><input name=login></form>"))
        for slug, section in self.slugs.items():
            self.listing(f"{HOME}/{slug}", section, self.inside(section))
        for page in dress.pages(self.name, self.unit):
            inner = f'<div class="journal-content-article"><h3>{page.title}</h3>{page.html}</div>'
            self.add(f"{HOME}/{page.slug}", partial(self.shell, page.title, inner))
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            self.add(f"{HOME}/tin-tuc-su-kien/-/asset_publisher/qXk2/content/{self.path(story).rpartition('/')[2]}",
                     partial(self.article, story))  # fmt: skip
            files = tuple(f"/documents/20182/{9000 + self.age(story)}/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 5)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<div class="asset-abstract default-asset-publisher"><h4 class="asset-title">'
                f'<a href="{self.link(story, base)}">'
                f'{esc(story.title)}</a></h4><div class="asset-content">'
                f'<div class="asset-summary">{esc(story.excerpt)}</div>'
                f'<div class="asset-more"><a href="{self.link(story, base)}">Đọc thêm<span class="hide-accessible">'
                f"Về {esc(story.title)}</span> &raquo;</a></div></div></div>"
                for story in rows
            )
            query = f"p_p_id={PORTLET}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view"
            query += f"&_{PORTLET}_delta=5&p_r_p_resetCur=false&_{PORTLET}_cur="
            steps = "".join(
                f'<li><a class="page-link" href="{BASE}{base}?{esc(query)}{at}">{at}</a></li>'
                for at in range(1, len(sheets) + 1)
            )
            inner = (
                f'<section class="portlet" id="portlet_{PORTLET}"><h2 class="portlet-title-text">{heading}</h2>{items}'
                f'<div class="pagination-bar"><div class="dropdown">5 Mục trên mỗi trang</div>'
                f'<ul class="pagination">{steps}</ul></div></section>'
            )
            for target in (f"{base}?{query}{number}", *([base] if number == 1 else ())):
                self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<div class="carousel-item"><a href="{self.link(s, HOME)}">{esc(s.title)}</a></div>'
            for s in self.stories[:4]
        )
        second = "".join(
            f'<li><a href="{BASE}{HOME}/tin-tuc-su-kien/-/asset_publisher/qXk2/content/{self.path(s).rpartition("/")[2]}">'
            f"{esc(s.title)}</a></li>"
            for s in self.stories[4:9]
        )
        return self.shell("Trang chủ", f'<div class="carousel">{rows}</div><ul class="tin-moi">{second}</ul>', hit)

    def article(self, story: Story, hit: int) -> str:
        lead = f'<p style="text-align:justify"><strong>{esc(story.lead)}</strong></p>' if story.lead else ""
        files = "".join(
            f'<li><a href="/documents/20182/{9000 + self.age(story)}/{file.name}">{esc(file.label)}</a> (230 KB)</li>'
            for file in story.files
        )
        name = f'<p style="text-align:right"><strong>{self.signed(story)}</strong></p>' if story.author else ""
        near = "".join(
            f'<li><a href="{self.link(row, self.path(story))}">{esc(row.title)}</a>'
            f"<span>{row.when:%d/%m/%Y}</span></li>"
            for row in self.others(story, 5)
        )
        more = f'<h5>Tệp đính kèm</h5><ul class="file-list">{files}</ul>' if files else ""
        inner = f"""<section class="portlet portlet-asset-publisher" id="portlet_{PORTLET}">\
<div class="portlet-content-container">
<div class="header-back-to"><a href="{BASE}{HOME}" title="Quay lại">Quay lại</a></div>
<div class="asset-full-content clearfix mb-5 default-asset-publisher no-title">\
<h3 class="header-title">{esc(story.title)}</h3>
<span class="asset-anchor lfr-asset-anchor" id="{story.number}"></span><div class="asset-content mb-3">
<div class="metadata-entry metadata-publish-date">{story.when:%H:%M, %d/%m/%Y} | Lượt xem: \
{dress.views(self.age(story), hit)}</div>
<div class="journal-content-article" data-analytics-asset-title="{esc(plain(story.title))}">\
{lead}{MARKUP.body(story)}{more}{name}</div>
</div><div class="social-bookmarks"><button>Chia sẻ</button></div>
<div class="taglib-ratings stars"><span>Trung bình (0 Bình chọn)</span></div></div>
<div class="related-assets"><h4>Tin bài liên quan</h4><ul>{near}</ul></div></div></section>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(
            f'<li><a href="{BASE}{HOME}/{slug}"><span>{name}</span></a></li>' for slug, name in self.slugs.items()
        )
        menu += "".join(
            f'<li><a href="{BASE}{HOME}/{p.slug}"><span>{p.title}</span></a></li>'
            for p in dress.pages(self.name, self.unit)
        )
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html class="ltr" dir="ltr" lang="vi-VN"><head>\
<title>{esc(title)} - {self.town} - Nghệ An</title>
<meta content="text/html; charset=UTF-8" http-equiv="content-type" /><style>{furniture.css(self.name, 24)}</style>
<script>var Liferay={{authToken:'{hit:08x}'}};{furniture.js(self.name, 20)}</script></head>\
<body class="yui3-skin-sam signed-out">
<nav class="quick-access-nav"><h1 class="hide-accessible">Navigation</h1><ul><li>\
<a href="#main-content">Truy cập nội dung luôn</a></li>
</ul></nav><header><h1 class="site-title"><a href="{BASE}{HOME}">{self.town}</a></h1>\
<a href="{BASE}/c/portal/login?p_l_id={hit}">
Đăng nhập</a><span>{dress.weekday(self.clock(hit))}, {self.clock(hit):%d/%m/%Y}</span></header>
<ul class="navbar-site">{menu}</ul><section id="content"><div class="columns-2" id="main-content">\
<div class="portlet-dropzone">{inner}
</div><div class="portlet-column"><p>Thống kê truy cập</p><p>Hiện có: {seen["online"]}</p>\
<p>Tổng: {seen["total"]}</p></div></div>
</section><footer><p>Trang thông tin điện tử {self.unit}, thành phố Vinh</p></footer><div class="alert session-popup">
Phiên làm việc của bạn đã hết hạn. Vui lòng tải lại trang <button>Đóng</button></div></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("Trạng thái", "<h3>Không tìm thấy</h3><p>Trang yêu cầu không tồn tại.</p>", hit)
