"""The Hà Nội portals of 2025: `/section-65890/slug-2835250910165542756.htm`, head line "byline HH:MM dd/mm/yyyy".

A fair judge tolerates the introduction, the organisation and the contact page either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tests.unseen import furniture
from tests.unseen.base import BASE, Portal, newest
from tests.unseen.model import Markup, Story, esc, iso, pages_of, slugify
from tests.unseen.prose import stories

UNIT = "phường Xuân Tảo"
SECTIONS = {"Tin tức": 65880, "Văn hóa xã hội": 65890, "Chuyển đổi số": 65895, "Thông báo": 65901}


def _figure(story: Story, number: int, caption: str) -> str:
    source = f"/thumb_w/640/2835/images/{story.when:%Y/%m/%d}/{story.number}-{number}.jpg"
    return (
        f'<figure class="VCSortableInPreviewMode" type="Photo"><div><a href="{source}" class="detail-img-lightbox" \
target="_blank">'
        f'<img src="{source}" id="img_{story.number}{number}" alt="{esc(story.title)}- Ảnh {number}." \
title="{esc(story.title)}- Ảnh {number}." type="photo" /></a></div>'
        f'<figcaption class="PhotoCMS_Caption"><p data-placeholder="Nhập chú thích ảnh">{caption}</p></figcaption>\
</figure>'
    )


MARKUP = Markup(
    p="<p>{}</p>",
    h="<h2>{}</h2>",
    ul="<ul>{}</ul>",
    li="<li>{}</li>",
    table='<div class="VCSortableInPreviewMode" type="table"><table class="table-cms"><tbody>{}</tbody></table></div>',
    tr="<tr>{}</tr>",
    td="<td><p>{}</p></td>",
    figure=_figure,
)


class HaNoi2025(Portal):
    """One of the 126 new wards and communes."""

    name = "hanoi2025"
    platform = "hanoi-2025"

    def build(self) -> None:
        self.stories = stories(
            self.name,
            UNIT,
            tuple(SECTIONS),
            count=30,
            hamlet="tổ dân phố",
            newest=datetime.fromisoformat("2026-11-20T16:40"),
            gap=4,
        )
        self.add("/", self.home)
        for section, number in SECTIONS.items():
            self.lists(
                f"/{slugify(section)}-{number}", section, [story for story in self.stories if story.section == section]
            )
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            self.add(f"/print/{self.number(story)}.htm", partial(self.printed, story))
            files = tuple(f"/2835/files/{story.when:%Y/%m}/{file.name}" for file in story.files)
            for address, file in zip(files, story.files, strict=True):
                self.offer(address, file)
            self.golds.append(
                story.gold(
                    self.path(story),
                    published_at=iso(story.when),
                    published_precision="minute",
                    attachments=files,
                    boilerplate=(
                        "Theo dõi trên",
                        "Chia sẻ",
                        "TIN LIÊN QUAN",
                        "- Ảnh 1.",
                        "In bài viết",
                        "Đọc thêm",
                        "Tin mới nhất",
                    ),
                )
            )
        about = "".join(f"<p>{text}</p>" for text in furniture.intro(UNIT))
        for path, title, content, soft in (
            ("/gioi-thieu-chung.htm", "Giới thiệu chung", about, True),
            ("/bo-may-to-chuc.htm", "Bộ máy tổ chức", "<div class='member'>Chủ tịch UBND phường</div>", True),
            ("/lien-he.htm", "Liên hệ", "<div>Số 1 Xuân Tảo</div>", True),
            ("/tim-kiem.htm", "Tìm kiếm", "<input name='keywords' placeholder='Nhập từ khóa'>", False),
            (
                "/thu-tuc-hanh-chinh.htm",
                "Thủ tục hành chính",
                "".join(f"<div class='tthc'>{name}</div>" for name in furniture.PROCEDURES),
                True,
            ),
            ("/video.htm", "Video", "<div class='VCSortableInPreviewMode' type='VideoStream'></div>" * 4, False),
        ):
            self.add(
                path,
                partial(self.page, title, f'<div class="static-page"><h1>{title}</h1>{content}</div>', ""),
                tolerated=soft,
            )
        self.data(
            "/robots.txt",
            f"User-agent: *\nAllow: /\nDisallow: /print/\nSitemap: {BASE}/sitemaps/sitemaps-2026-11.xml\n",
            "text/plain",
        )
        urls = "".join(
            f"<url><loc>{BASE}{self.path(row)}</loc><lastmod>{iso(row.when)}</lastmod></url>"
            for row in self.stories
            if row.when.month == 11
        )
        self.data(
            "/sitemaps/sitemaps-2026-11.xml",
            f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>',
            "text/xml",
        )

    @staticmethod
    def number(story: Story) -> str:
        return f"2835{story.when:%y%m%d%H%M}{story.number % 60:02d}{(story.number * 37) % 1000:03d}"

    def path(self, story: Story) -> str:
        return f"/{slugify(story.section)}-{SECTIONS[story.section]}/{story.slug}-{self.number(story)}.htm"

    def home(self, hit: int) -> str:
        first, *rest = self.stories[:6]
        focus = f'<div class="focus-main" data-id="{self.number(first)}">\
<a href="{self.path(first)}" class="img-resize"><img src="/f.jpg" alt=""></a><h2>\
<a href="{self.path(first)}" data-type="0">{esc(first.title)}</a></h2></div>'
        focus += "".join(
            f'<div class="focus-sub"><h3><a href="{self.path(row)}">{esc(row.title)}</a></h3></div>' for row in rest
        )
        zones = "".join(
            f'<section class="box-category" data-layout="1"><div class="box-category-top"><h2>\
<a class="box-category-title" href="/{slugify(name)}-{number}.htm">{name}</a></h2></div>\
<div class="box-category-middle">'
            + "".join(
                f'<div class="box-category-item"><h3><a class="box-category-link-title" \
href="{self.path(row)}">{esc(row.title)}</a></h3></div>'
                for row in newest(self.stories, 4, name)
            )
            + "</div></section>"
            for name, number in SECTIONS.items()
        )
        return self.page("Trang chủ", f'<div class="home-focus">{focus}</div>{zones}', "", hit)

    def lists(self, base: str, section: str, rows: Sequence[Story]) -> None:
        parts = pages_of(rows, 6)
        for number, part in enumerate(parts, 1):
            items = "".join(
                f"""<div class="box-category-item" data-id="{self.number(row)}">\
<a class="box-category-link-with-avatar img-resize" href="{self.path(row)}"><img src="/t{row.number}.jpg" alt=""></a>
<div class="box-category-content"><h3><a class="box-category-link-title" href="{self.path(row)}">{esc(row.title)}</a>\
</h3><span class="box-category-time" title="{row.when:%Y-%m-%dT%H:%M:%S}">{row.when:%d/%m/%Y}</span>\
<p class="box-category-sapo">{esc(row.excerpt)}</p></div></div>"""
                for row in part
            )
            nav = "".join(
                f'<a class="page{" active" if other == number else ""}" \
href="{base}{f"/trang-{other}" if other > 1 else ""}.htm">{other}</a>'
                for other in range(1, len(parts) + 1)
            )
            main = f'<div class="category-top"><h1>{section}</h1></div>\
<div class="box-category" data-layout="2">{items}</div><div class="paging">{nav}</div>'
            self.add(
                f"{base}.htm" if number == 1 else f"{base}/trang-{number}.htm", partial(self.page, section, main, "")
            )

    def printed(self, story: Story, hit: int) -> str:
        return f"<html><head><title>{esc(story.title)}</title></head><body class='print'><h1>{esc(story.title)}</h1>\
<h2>{esc(story.lead)}</h2>{MARKUP.body(story)}</body></html>"

    def article(self, story: Story, hit: int) -> str:
        rows = [row for row in self.stories if row.section == story.section and row is not story]
        related = "".join(
            f'<div class="box-category-item"><h3><a class="box-category-link-title" \
href="{self.path(row)}">{esc(row.title)}</a></h3></div>'
            for row in rows[:4]
        )
        more = "".join(
            f'<div class="box-category-item"><h3><a href="{self.path(row)}">{esc(row.title)}</a></h3>\
<span class="box-category-time">{row.when:%d/%m/%Y}</span></div>'
            for row in rows[4:9]
        )
        files = "".join(
            f'<div class="VCSortableInPreviewMode" type="attach-file"><a \
href="/2835/files/{story.when:%Y/%m}/{file.name}" class="attach">{esc(file.label)}</a></div>'
            for file in story.files
        )
        author = f'<span class="detail-author">{esc(story.author)}</span> ' if story.author else ""
        sapo = f'<h2 class="detail-sapo" data-role="sapo">{esc(story.lead)}</h2>' if story.lead else ""
        main = f"""<div class="detail__breadcrumb"><a href="/{slugify(story.section)}-{SECTIONS[story.section]}.htm" \
data-role="cate-name">{story.section}</a></div>
<h1 class="detail-title" data-role="title">{esc(story.title)}</h1>
<div class="detail-top"><div class="detail-info">{author}<span class="detail-time" \
data-role="publishdate">{story.when:%H:%M %d/%m/%Y}</span></div><div class="detail-follow">Theo dõi trên \
<a href="https://news.google.com/">Google News</a></div></div>
{sapo}<div class="detail-cmain clearfix"><div class="detail-content afcbc-body" data-role="content" \
itemprop="articleBody">
{MARKUP.body(story)}{files}</div></div>
<div class="detail-bottom"><a class="print" href="/print/{self.number(story)}.htm">In bài viết</a>\
<a href="javascript:;">Chia sẻ</a></div>
<div class="detail__related"><div class="title">TIN LIÊN QUAN</div>{related}</div><div class="detail__more">\
<div class="title">Đọc thêm</div>{more}</div>"""
        head = f"""<meta property="og:title" content="{esc(story.title)}" />\
<meta property="og:type" content="article" /><meta name="description" content="{esc(story.excerpt)}" />
<link rel="canonical" href="{BASE}{self.path(story)}" /><meta property="article:published_time" \
content="{iso(story.when)}" />"""
        return self.page(story.title, main, head, hit)

    def page(self, title: str, main: str, head: str, hit: int) -> str:
        now = furniture.clock(hit)
        menu = "".join(
            f'<li><a href="/{slugify(name)}-{number}.htm" title="{name}">{name}</a></li>'
            for name, number in SECTIONS.items()
        )
        latest = "".join(
            f'<div class="box-category-item"><a class="box-category-link-title" \
href="{self.path(row)}">{esc(row.title)}</a></div>'
            for row in newest(self.stories, 6)
        )
        links = "".join(f'<option value="{url}">{name}</option>' for name, url in furniture.EXTERNAL)
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{esc(title)}</title>{head}\
<meta name="copyright" content="{UNIT}"><style>{furniture.css(self.name, 20)}</style>
<script>(function(w){{w.pageSettings={{"Domain":"{BASE}","siteId":2835,"DomainApiVote":"/vote"}};\
{furniture.js(self.name, 18)}}})(window)</script></head>
<body><div class="main"><header class="header"><div class="header__top">\
<span class="header__date">{furniture.WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y | %H:%M}</span> \
<span>Hà Nội {furniture.weather(hit)}</span></div>
<a href="/" class="logo" title="Trang chủ">Cổng thông tin điện tử {UNIT}</a><nav class="header__nav"><ul><li>\
<a href="/">Trang chủ</a></li><li><a href="/gioi-thieu-chung.htm">Giới thiệu</a></li><li>\
<a href="/bo-may-to-chuc.htm">Bộ máy</a></li>
{menu}<li><a href="/thu-tuc-hanh-chinh.htm">TTHC</a></li><li><a href="/video.htm">Video</a></li><li>\
<a href="/lien-he.htm">Liên hệ</a></li></ul></nav></header>
<div class="container layout__detail"><div class="col-main">{main}</div><div class="col-sub"><div class="box-new">\
<div class="title">Tin mới nhất</div>{latest}</div>
<div class="box-link"><select>{links}</select></div><div class="box-vote">\
<p>Ông/bà đánh giá thế nào về thái độ phục vụ?</p><label><input type="radio">Hài lòng</label>\
<button>Bình chọn</button></div></div></div>
<footer class="footer"><p>Cơ quan chủ quản: Ủy ban nhân dân {UNIT}</p><p>Ghi rõ nguồn “xuantao.hanoi.gov.vn” khi \
phát hành lại thông tin</p><p>Truy cập: {furniture.visits(hit)["total"]}</p>\
<a href="/tim-kiem.htm">Tìm kiếm</a></footer></div></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.page(
            "404",
            '<div class="page-404"><p>Rất tiếc, trang bạn tìm không tồn tại</p><a href="/">Về trang chủ</a></div>',
            "",
            hit,
        )
