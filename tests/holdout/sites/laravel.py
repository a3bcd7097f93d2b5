"""A Laravel CMS: /bai-viet/slug.312.html, cards, breadcrumbs, tags, a modified time that is always now, five \
leads below."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div class="text-center mb-2"><img class="img-fluid lazy" '
        f'data-src="/storage/photos/1/{story.number}/{number}.jpg" '
        f'src="/img/blank.gif"><div class="small fst-italic">{caption}</div></div>'
    )


MARKUP = Markup(
    "<p><span>{}</span></p>",
    "<h2>{}</h2>",
    "<ul>{}</ul>",
    "<li><span>{}</span></li>",
    '<div class="table-responsive"><table class="table table-bordered"><tbody>{}</tbody></table></div>',
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
)


class Laravel(Edition):
    name, platform = "laravel", "Laravel CMS"
    unit = "phường Hòa Hiệp"
    sections = ("Hoạt động địa phương", "Đời sống", "Thông tin tuyên truyền", "Thông báo")
    count = 28
    byline = "Tác giả: {author}"
    boilerplate = ("Tin liên quan", "Có thể bạn quan tâm", "Từ khóa", "Chia sẻ bài viết", "Gửi bình luận", "Đăng nhập")

    def path(self, story: Story) -> str:
        return f"/bai-viet/{story.slug[:60].rstrip('-')}.{640 + self.age(story)}.html"

    def build(self) -> None:
        self.add("/", self.front)
        for slug, section in self.slugs.items():
            self.listing(f"/chuyen-muc/{slug}", section, self.inside(section))
        self.listing("/tag/ubnd-phuong", "#ubnd phường", self.stories[1:11])
        self.listing("/tag/chuyen-doi-so", "#chuyển đổi số", self.stories[5:9])
        self.add("/dang-nhap", partial(self.shell, "Đăng nhập", "<form><input name=email><button>Vào</button></form>"))
        for page in dress.pages(self.name, self.unit):
            inner = f'<h1 class="page-title">{page.title}</h1><div class="content-detail">{page.html}</div>'
            self.add(f"/trang/{page.slug}.html", partial(self.shell, page.title, inner))
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/storage/files/1/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 6)
        for number, rows in enumerate(sheets, 1):
            steps = "".join(
                f'<li class="page-item"><a class="page-link" href="{BASE}{base}?page={at}">{at}</a></li>'
                for at in range(1, len(sheets) + 1)
            )

            def render(hit: int, rows: list[Story] = list(rows), steps: str = steps) -> str:  # noqa: B006
                cards = "".join(self.card(story, hit) for story in rows)
                inner = (
                    f'<h1 class="h4">{heading}</h1><div class="row g-3">{cards}</div>'
                    f'<ul class="pagination">{steps}</ul>'
                )
                return self.shell(heading, inner, hit)

            for target in (f"{base}?page={number}", *([base] if number == 1 else ())):
                self.add(target, render)

    def card(self, story: Story, hit: int) -> str:
        days = (self.clock(hit) - story.when).days
        ago = f"{days} ngày trước" if days < 30 else f"{days // 30} tháng trước"
        return f"""<div class="col-md-4"><div class="card h-100 shadow-sm"><a href="{BASE}{self.path(story)}">
<img class="card-img-top lazy" data-src="/storage/thumb/{story.number}.jpg"></a><div class="card-body">
<a class="text-decoration-none stretched-link" href="{BASE}{self.path(story)}">\
<h5 class="card-title">{esc(story.title)}</h5></a>
<p class="card-text text-truncate">{esc(story.excerpt)}</p></div><div class="card-footer"><small class="text-muted">
<i class="far fa-clock"></i> {ago}</small></div></div></div>"""

    def front(self, hit: int) -> str:
        inner = f'<div class="row">{"".join(self.card(story, hit) for story in self.stories[:5])}</div>'
        for slug, section in self.slugs.items():
            inner += f'<h3><a href="{BASE}/chuyen-muc/{slug}">{section}</a></h3><div class="row">'
            inner += "".join(self.card(story, hit) for story in self.inside(section)[:3]) + "</div>"
        return self.shell("Trang chủ", inner, hit)

    def article(self, story: Story, hit: int) -> str:
        lead = f'<div class="fw-bold mb-3 sapo">{esc(story.lead)}</div>' if story.lead else ""
        files = "".join(
            f'<a class="list-group-item" href="{BASE}/storage/files/1/{file.name}"><i class="fa fa-file-pdf">'
            f"</i> {esc(file.label)}</a>"
            for file in story.files
        )
        name = f'<div class="text-end fw-bold">{self.signed(story)}</div>' if story.author else ""
        near = "".join(
            f'<div class="media-item d-flex"><div><a class="fw-bold" href="{BASE}{self.path(row)}">{esc(row.title)}</a>'
            f"<p>{esc(row.lead or next(iter(row.paragraphs), row.title))}</p></div></div>"
            for row in self.others(story, 5)
        )
        slug = {section: slug for slug, section in self.slugs.items()}[story.section]
        inner = f"""<nav aria-label="breadcrumb"><ol class="breadcrumb"><li class="breadcrumb-item">\
<a href="{BASE}/">Trang chủ</a>
</li><li class="breadcrumb-item"><a href="{BASE}/chuyen-muc/{slug}">{story.section}</a></li>
<li class="breadcrumb-item active">{esc(story.title)}</li></ol></nav>
<h1 class="post-title">{esc(story.title)}</h1>
<ul class="list-inline text-muted"><li class="list-inline-item"><i class="far fa-clock">\
</i> {story.when:%H:%M | %d-%m-%Y}</li>
<li class="list-inline-item"><i class="far fa-eye"></i> {dress.views(self.age(story), hit)}</li></ul>
{lead}<div class="content-detail">{MARKUP.body(story)}</div><div class="list-group">{files}</div>{name}
<div class="tags">Từ khóa: <a href="{BASE}/tag/ubnd-phuong">ubnd phường</a> <a \
href="{BASE}/tag/chuyen-doi-so">chuyển đổi số</a></div>
<div class="share">Chia sẻ bài viết: <a href="https://zalo.me/share">Zalo</a></div>
<section class="related"><h4>Tin liên quan</h4>{near}</section>
<form><h4>Gửi bình luận</h4><textarea></textarea></form>"""
        return self.shell(story.title, inner, hit, story)

    def shell(self, title: str, inner: str, hit: int, story: Story | None = None) -> str:
        now = self.clock(hit)
        head = ""
        if story:
            head = (
                f'<meta property="og:type" content="article"><meta property="og:title" content="{esc(story.title)}">'
                f'<meta property="article:modified_time" content="{now.isoformat()}+07:00">'
                f'<link rel="canonical" href="{BASE}{self.path(story)}">'
            )
        menu = "".join(
            f'<li><a class="nav-link" href="{BASE}/chuyen-muc/{s}">{n}</a></li>' for s, n in self.slugs.items()
        )
        menu += "".join(
            f'<li><a class="dropdown-item" href="{BASE}/trang/{p.slug}.html">{p.title}</a></li>'
            for p in dress.pages(self.name, self.unit)
        )
        rank = sorted(self.stories, key=lambda row: (row.number * 37 + hit) % 29)[:5]
        most = "".join(f'<li><a href="{BASE}{self.path(row)}">{esc(row.title)}</a></li>' for row in rank)
        seen = furniture.visits(hit)
        return f"""<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{esc(title)}</title>{head}
<meta name="csrf-token" content="{furniture.viewstate(f"{self.name}{hit % 50}", 1)[:40]}">
<style>{furniture.css(self.name, 22)}</style></head><body><header class="navbar"><a class="navbar-brand" href="{BASE}/">
Phường Hòa Hiệp</a><ul class="navbar-nav">{menu}</ul><a href="{BASE}/dang-nhap">Đăng nhập</a>
<span>{dress.weekday(now)}, {now:%d/%m/%Y | %H:%M}</span></header><div class="container"><div class="row">
<div class="col-lg-8">{inner}</div><div class="col-lg-4"><h4>Có thể bạn quan tâm</h4><ul>{most}</ul>
<div class="weather">Thời tiết {furniture.weather(hit)}</div>\
<div>Đang truy cập: {seen["online"]} - Tổng: {seen["total"]}</div>
</div></div></div><footer><p>Cổng thông tin điện tử phường Hòa Hiệp</p></footer>
<script>{furniture.js(self.name, 18)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("404", "<h1>404</h1><p>Trang bạn tìm không tồn tại.</p>", hit)
