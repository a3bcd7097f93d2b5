"""WordPress below a theme made to order: no feed, sitemap or JSON-LD, `/3757-2`-like slugs, a bare view counter.

A fair judge tolerates "Giới thiệu chung", "Sơ đồ tổ chức", "Liên hệ" and the page of procedures either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import Portal, newest
from tests.unseen.model import Markup, Story, esc, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "phường 17"
SECTIONS = ("Tin hoạt động", "Xây dựng Đảng", "Đoàn thể", "Thông báo - Văn bản")


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div id="attachment_{story.number}{number}" style="width: 710px" class="wp-caption aligncenter">'
        f'<img class="size-large" src="/wp-content/uploads/{story.when:%Y/%m}/z{story.number}_{number}-700x467.jpg" \
alt="">'
        f'<p class="wp-caption-text">{caption}</p></div>'
    )


MARKUP = Markup(
    p='<p style="text-align: justify;"><span style="font-family: \'times new roman\', times; font-size: 14pt;">{}\
</span></p>',
    h='<p style="text-align: justify;"><strong><span style="font-size: 14pt;">{}</span></strong></p>',
    ul="<ul>{}</ul>",
    li='<li style="text-align: justify;"><span style="font-size: 14pt;">{}</span></li>',
    table='<table width="623" style="border-collapse: collapse;"><tbody>{}</tbody></table>',
    tr="<tr>{}</tr>",
    td='<td width="150"><p style="text-align: center;">{}</p></td>',
    figure=_figure,
)


class WordPressCustom(Portal):
    """A numbered ward with its own domain."""

    name = "wp_custom"
    platform = "wordpress"

    def build(self) -> None:
        self.stories = stories(self.name, UNIT, SECTIONS, count=26, hamlet="khu phố", gap=11)
        self.add("/", self.home)
        for section in SECTIONS:
            rows = [story for story in self.stories if story.section == section]
            self.list_pages(f"/chuyen-muc/{slugify(section)}", section, rows)
        for story in self.stories:
            self.move(f"/?p={self.post_id(story)}", self.path(story))
            self.add(self.path(story), partial(self.single, story))
            files = tuple(f"/wp-content/uploads/{story.when:%Y/%m}/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    attachments=files,
                    boilerplate=(
                        "Chia sẻ bài viết",
                        "TIN CÙNG CHUYÊN MỤC",
                        "Bình luận",
                        "return to top",
                        "TIN MỚI NHẤT",
                    ),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        steps = "".join(f"<tr><td>{name}</td><td><a href='#'>Xem</a></td></tr>" for name in furniture.PROCEDURES)
        for path, title, content in (
            ("/gioi-thieu-chung", "Giới thiệu chung", about),
            ("/so-do-to-chuc", "Sơ đồ tổ chức", '<img src="/wp-content/uploads/so-do.jpg" alt="Sơ đồ tổ chức">'),
            ("/lien-he", "Liên hệ", "<p>Địa chỉ: 17 đường số 8</p><iframe src='https://maps.google.com/'></iframe>"),
            ("/thu-tuc", "Thủ tục hành chính", f"<table>{steps}</table>"),
            ("/video", "Thư viện video", '<iframe src="https://www.youtube.com/embed/x"></iframe>' * 4),
        ):
            main = f'<div class="breadcrumb"><a href="/">Trang chủ</a> » {title}</div><h2 class="tt">{title}</h2>\
<div class="ct">{content}</div>'
            self.add(path, partial(self.page, title, main), tolerated=path != "/video")

    @staticmethod
    def post_id(story: Story) -> int:
        return 3757 - story.number * 13

    def path(self, story: Story) -> str:
        return f"/{self.post_id(story)}-2" if story.number % 7 == 3 else f"/{story.slug}"

    def home(self, hit: int) -> str:
        slides = "".join(
            f'<div class="item"><a href="{self.path(row)}"><img src="/wp-content/uploads/s{row.number}.jpg" \
alt="{esc(row.title)}"></a>'
            f'<div class="carousel-caption"><a href="{self.path(row)}">{esc(row.title)}</a></div></div>'
            for row in newest(self.stories, 4)
        )
        boxes = "".join(
            f'<div class="box-cat"><h3 class="ttl"><a href="/chuyen-muc/{slugify(section)}">{section}</a></h3>'
            f"{self.rows(newest(self.stories, 4, section))}</div>"
            for section in SECTIONS
        )
        return self.page(
            "Trang chủ",
            f'<div id="myCarousel" class="carousel slide"><div class="carousel-inner">{slides}</div></div>{boxes}',
            hit,
        )

    def rows(self, rows: Sequence[Story]) -> str:
        return "".join(
            f'<div class="media post-item"><a class="pull-left" href="{self.path(row)}">\
<img class="media-object" src="/wp-content/uploads/t{row.number}.jpg"></a>'
            f'<div class="media-body"><h4 class="media-heading"><a href="{self.path(row)}">{esc(row.title)}</a></h4>'
            f'<span class="date"><i class="fa fa-clock-o"></i> {row.when:%d/%m/%Y}</span>\
<p>{esc(row.excerpt)}</p></div></div>'
            for row in rows
        )

    def list_pages(self, path: str, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 6)
        for number, part in enumerate(parts, 1):
            nav = ""
            if number > 1:
                nav += f'<a class="prev" href="{path}{f"/page/{number - 1}" if number > 2 else ""}">« Trang trước</a>'
            if number < len(parts):
                nav += f'<a class="next" href="{path}/page/{number + 1}">Trang sau »</a>'
            main = f'<h2 class="tt">{section}</h2>{self.rows(part)}<div class="wp-pagenavi">\
<span class="pages">Trang {number} trên {len(parts)}</span>{nav}</div>'
            self.add(path if number == 1 else f"{path}/page/{number}", partial(self.page, section, main))

    def single(self, story: Story, hit: int) -> str:
        others = [row for row in self.stories if row.section == story.section and row is not story][:6]
        files = "".join(
            f'<p><a href="/wp-content/uploads/{story.when:%Y/%m}/{file.name}">{esc(file.label)}</a></p>'
            for file in story.files
        )
        sign = esc(story.signature("{author}"))
        byline = (
            f'<p style="text-align: right;"><strong><em><span style="font-size: 14pt;">{sign}</span></em></strong></p>'
            if sign
            else ""
        )
        related = "".join(
            f'<li><a href="{self.path(row)}">{esc(row.title)}</a> <span>({row.when:%d/%m/%Y})</span></li>'
            for row in others
        )
        main = f"""<div class="breadcrumb"><a href="/">Trang chủ</a> » \
<a href="/chuyen-muc/{slugify(story.section)}">{story.section}</a></div>
<div class="single-post"><h1 class="post-title">{esc(story.title)}</h1>
<div class="post-meta"><span><i class="fa fa-calendar"></i> {story.when:%d/%m/%Y}</span> <span>\
<i class="fa fa-eye"></i> {furniture.views(story.number, hit)}</span></div>
<div class="post-content">{MARKUP.body(story, lead=True)}{files}{byline}
<div class="share-box"><span>Chia sẻ bài viết</span><a href="https://www.facebook.com/sharer.php">\
<i class="fa fa-facebook"></i></a></div></div>
<div class="related"><h3>TIN CÙNG CHUYÊN MỤC</h3><ul>{related}</ul></div>
<div class="fb-wrap"><h3>Bình luận</h3><div class="fb-comments" data-numposts="5"></div></div></div>"""
        return self.page(story.title, main, hit)

    def page(self, title: str, main: str, hit: int) -> str:
        seen, now = furniture.visits(hit), furniture.clock(hit)
        menu = "".join(f'<li><a href="/chuyen-muc/{slugify(name)}">{name.upper()}</a></li>' for name in SECTIONS)
        latest = "".join(f'<li><a href="{self.path(row)}">{esc(row.title)}</a></li>' for row in newest(self.stories, 7))
        links = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        banners = "".join(
            f'<a href="{url}"><img src="/wp-content/uploads/b{number}.jpg"></a>'
            for number, (_, url) in enumerate(furniture.EXTERNAL[:5])
        )
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{esc(title)} | Phường 17</title>
<link rel="stylesheet" href="/wp-content/themes/phuong17/css/bootstrap.min.css">\
<style>{furniture.css(self.name, 18)}</style>
<script src="/wp-includes/js/jquery/jquery.min.js"></script></head><body>
<div id="fb-root"></div><div class="container top"><img src="/wp-content/themes/phuong17/img/banner.jpg" alt="Banner">
<div class="topbar"><span id="clock">{furniture.WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y, %H:%M:%S}</span>\
<span class="wt">Thời tiết: {furniture.weather(hit)}</span>
<form action="/"><input name="s" placeholder="Tìm kiếm"></form></div>
<nav class="navbar navbar-default"><ul class="nav navbar-nav"><li><a href="/">TRANG CHỦ</a></li><li class="dropdown">\
<a href="/gioi-thieu-chung">GIỚI THIỆU</a>
<ul class="dropdown-menu"><li><a href="/so-do-to-chuc">Sơ đồ tổ chức</a></li></ul></li>{menu}<li>\
<a href="/thu-tuc">THỦ TỤC</a></li>
<li><a href="/video">VIDEO</a></li><li><a href="/lien-he">LIÊN HỆ</a></li></ul></nav>
<marquee>Chào mừng quý khách đến với Trang thông tin điện tử Phường 17</marquee></div>
<div class="container"><div class="row"><div class="col-md-8 left-col">{main}</div>
<div class="col-md-4 right-col"><div class="widget"><h3 class="ttl">TIN MỚI NHẤT</h3>\
<ul class="news-list">{latest}</ul></div>
<div class="widget"><h3 class="ttl">LIÊN KẾT</h3><select>{links}</select>{banners}</div>
<div class="widget"><h3 class="ttl">THỐNG KÊ</h3><p>Đang xem: {seen["online"]}</p><p>Hôm nay: {seen["today"]}</p>\
<p>Tổng: {seen["total"]}</p></div></div></div></div>
<div class="footer"><div class="container"><p>ỦY BAN NHÂN DÂN PHƯỜNG 17</p>\
<p>Chịu trách nhiệm nội dung: Chủ tịch UBND Phường 17</p>
<p>Giấy phép số 12/GP-TTĐT ngày 05/03/2019</p><a id="return-to-top" href="javascript:">return to top</a></div></div>
<script>{furniture.js(self.name, 12)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page("Không tìm thấy", '<h2 class="tt">404</h2><p>Trang bạn tìm không tồn tại.</p>', hit)
