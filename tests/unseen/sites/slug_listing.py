"""The portals of Lạng Sơn since 2025: `/tin-tuc-su-kien/<slug>.html`; the day stands on the lists, not on the article.

The header clock is the only date that an article's own page prints. A fair judge tolerates "Giới thiệu chung",
"Lãnh đạo" and the contact page either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest
from tests.unseen.model import Markup, Story, esc, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "xã Hội Hoan"
SECTIONS = ("Tin tức - Sự kiện", "Xây dựng Đảng", "Hướng dẫn - Hỗ trợ", "Thông báo")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<table class="image-center" border="0" cellpadding="0" cellspacing="0"><tbody><tr><td>\
<img src="/upload/{story.number}/{number}.jpeg" class="img-fluid" alt=""></td></tr>'
        f'<tr><td class="image-note"><p>{caption}</p></td></tr></tbody></table>'
    )


MARKUP = Markup(
    p='<p style="text-align:justify"><span style="font-size:14pt">{}</span></p>',
    h='<p style="text-align:justify"><strong>{}</strong></p>',
    ul="<ul>{}</ul>",
    li="<li><p>{}</p></li>",
    table='<div class="table-responsive"><table class="table table-bordered">{}</table></div>',
    tr="<tr>{}</tr>",
    td="<td><p>{}</p></td>",
    figure=_figure,
)


class SlugListing(Portal):
    """A highland commune on the province's new portal."""

    name = "slug_listing"
    platform = "langson-slug"

    def build(self) -> None:
        self.stories = stories(
            self.name, UNIT, SECTIONS, count=25, newest=datetime.fromisoformat("2026-11-14T10:00"), gap=10
        )
        self.add("/", self.home)
        for section in SECTIONS:
            self.lists(section, [story for story in self.stories if story.section == section])
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/upload/van-ban/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    published_source="listing",
                    attachments=files,
                    boilerplate=("Tin cùng chuyên mục", "Gửi phản hồi", "Đánh giá:", "Quay lại", "Thống kê"),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for path, title, content, soft in (
            ("/gioi-thieu-chung.html", "Giới thiệu chung", about, True),
            ("/lanh-dao.html", "Lãnh đạo", "<div class='card'>Chủ tịch UBND xã</div>", True),
            ("/lien-he.html", "Liên hệ", "<p>Thôn Bản Thẳm</p>", True),
            (
                "/thu-tuc-hanh-chinh.html",
                "Thủ tục hành chính",
                "".join(f"<div class='card'>{name}</div>" for name in furniture.PROCEDURES),
                True,
            ),
            (
                "/van-ban.html",
                "Văn bản",
                "".join(f"<tr><td>{code}</td><td>{name}</td></tr>" for code, name in furniture.ACTS),
                True,
            ),
            ("/hinh-anh.html", "Thư viện ảnh", "<img src='/upload/g.jpg'>" * 9, False),
        ):
            self.add(
                path,
                partial(self.page, title, f'<h1 class="page-heading">{title}</h1><div class="static">{content}</div>'),
                tolerated=soft,
            )

    @staticmethod
    def path(story: Story) -> str:
        return f"/{slugify(story.section)}/{story.slug}.html"

    def home(self, hit: int) -> str:
        first, *rest = newest(self.stories, 5)
        hero = f'<div class="hero"><a href="{self.path(first)}"><img src="/upload/h.jpg" alt=""></a><h2>\
<a href="{self.path(first)}">{esc(first.title)}</a></h2></div>'
        hero += "".join(f'<div class="hero-sub"><a href="{self.path(row)}">{esc(row.title)}</a></div>' for row in rest)
        tabs = "".join(
            f'<div class="tab"><h3 class="tab-title"><a href="/{slugify(name)}.html">{name}</a></h3><ul>'
            + "".join(
                f'<li><a href="{self.path(row)}">{esc(row.title)}</a><time>{row.when:%d/%m/%Y}</time></li>'
                for row in newest(self.stories, 4, name)
            )
            + "</ul></div>"
            for name in SECTIONS
        )
        return self.page("Trang chủ", hero + tabs, hit)

    def lists(self, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 4)
        path = f"/{slugify(section)}.html"
        for number, part in enumerate(parts, 1):
            items = "".join(
                f"""<div class="card mb-3"><div class="row g-0"><div class="col-4"><a href="{self.path(row)}">\
<img src="/upload/t{row.number}.jpg" alt=""></a></div><div class="col-8"><div class="card-body">\
<h5 class="card-title"><a href="{self.path(row)}">{esc(row.title)}</a></h5>
<p class="card-text"><small class="text-muted">{row.when:%d/%m/%Y}</small></p>\
<p class="card-text">{esc(row.excerpt)}</p></div></div></div></div>"""
                for row in part
            )
            nav = "".join(
                f'<li class="page-item{" active" if other == number else ""}">\
<a class="page-link" href="{path}?p={other}">{other}</a></li>'
                for other in range(1, len(parts) + 1)
            )
            main = f'<h1 class="page-heading">{section}</h1>{items}<nav><ul class="pagination">{nav}</ul></nav>'
            self.add(f"{path}?p={number}", partial(self.page, section, main))
            if number == 1:
                self.add(path, partial(self.page, section, main))

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row is not story][:5]
        others = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in rows)
        sign = esc(story.signature("Tin bài: {author}"))
        files = "".join(f'<li><a href="/upload/van-ban/{file.name}">{esc(file.label)}</a></li>' for file in story.files)
        byline = f'<p style="text-align:right"><em>{sign}</em></p>' if sign else ""
        attached = f'<ul class="files">{files}</ul>' if files else ""
        main = f"""<ol class="breadcrumb"><li class="breadcrumb-item"><a href="/">Trang chủ</a></li>\
<li class="breadcrumb-item"><a href="/{slugify(story.section)}.html">{story.section}</a></li></ol>
<div class="post"><h1 class="post-title">{esc(story.title)}</h1>\
<div class="post-body">{MARKUP.body(story, lead=True)}{byline}</div>{attached}
<div class="post-foot"><span>Đánh giá:</span> <i class="star"></i><i class="star"></i> \
<a href="#fb">Gửi phản hồi</a> <a href="javascript:history.back()">Quay lại</a></div></div>
<div class="same"><h4>Tin cùng chuyên mục</h4><ul>{others}</ul></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        now, seen = furniture.clock(hit), furniture.visits(hit)
        menu = "".join(
            f'<li class="nav-item"><a class="nav-link" href="/{slugify(name)}.html">{name}</a></li>'
            for name in SECTIONS
        )
        read = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in self.stories[2:25:5])
        links = "".join(f'<a class="dropdown-item" href="{url}">{name}</a>' for name, url in furniture.EXTERNAL)
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{esc(title)} - {UNIT}</title>\
<meta name="csrf-token" content="{hit:040x}"><link href="/assets/app.css" rel="stylesheet">\
<style>{furniture.css(self.name, 15)}</style></head><body>
<div class="topbar"><span class="now">{furniture.WEEKDAYS[now.weekday()]}, ngày {now:%d/%m/%Y %H:%M}</span></div>\
<header class="header"><img src="/assets/banner.png" alt="{UNIT}"></header>
<nav class="navbar"><ul class="navbar-nav"><li class="nav-item"><a class="nav-link" href="/">Trang chủ</a></li>\
<li class="nav-item"><a class="nav-link" href="/gioi-thieu-chung.html">Giới thiệu</a></li><li class="nav-item">\
<a class="nav-link" href="/lanh-dao.html">Lãnh đạo</a></li>{menu}
<li class="nav-item"><a class="nav-link" href="/van-ban.html">Văn bản</a></li><li class="nav-item">\
<a class="nav-link" href="/thu-tuc-hanh-chinh.html">TTHC</a></li><li class="nav-item">\
<a class="nav-link" href="/hinh-anh.html">Hình ảnh</a></li><li class="nav-item">\
<a class="nav-link" href="/lien-he.html">Liên hệ</a></li></ul></nav>
<div class="container"><div class="row"><div class="col-md-9">{main}</div><div class="col-md-3"><div class="side">\
<h4>Xem nhiều</h4><ul>{read}</ul></div><div class="side"><h4>Liên kết</h4><div class="dropdown">{links}</div></div>\
<div class="side"><h4>Thống kê</h4><p>Hôm nay: {seen["today"]}</p><p>Tất cả: {seen["total"]}</p></div></div></div></div>
<footer class="footer"><p>Trang thông tin điện tử {UNIT}</p><p>Giấy phép thiết lập số 05/GP-STTTT cấp ngày 12/03/2025\
</p></footer><script>{furniture.js(self.name, 18)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page("Không tìm thấy trang", "<h1>404</h1><p>Trang không tồn tại</p>", hit)
