"""An intro page as entry, an English switch, weather and exchange tables between title and text, the date in words."""

from __future__ import annotations

from functools import partial

from tests.holdout import dress
from tests.holdout.edition import Edition
from tests.unseen import furniture
from tests.unseen.base import BASE
from tests.unseen.model import Markup, Story, esc, pages_of

ABOUT = (
    "The ward lies on the eastern bank of the river and covers an area of six square kilometres.",
    "Its people live from trade, services and small workshops; three schools and a clinic serve eleven "
    "thousand citizens.",
    "The communal house is a listed monument and holds its festival in spring, when guests come from the whole "
    "province.",
)


def _figure(story: Story, number: int, caption: str) -> str:
    return (
        f'<div class="photo"><a data-fancybox="g" href="/media/{story.number}/{number}-big.jpg"><img '
        f'src="/media/{story.number}/{number}.jpg"></a><p class="photo-note">{caption}</p></div>'
    )


MARKUP = Markup(
    "<div>{}</div>",
    "<div><b>{}</b></div>",
    "<ul>{}</ul>",
    "<li>{}</li>",
    "<table>{}</table>",
    "<tr>{}</tr>",
    "<td>{}</td>",
    _figure,
    "<div><br></div>",
)


class Splash(Edition):
    name, platform = "splash", "custom CMS with intro page and English switch"
    unit = "phường Mỹ Hòa"
    hamlet = "khóm"
    sections = ("Thời sự", "Văn hóa - Thể thao", "Thông báo")
    count = 24
    byline = "Bài và ảnh: {author}"
    boilerplate = ("Tỷ giá", "Thời tiết", "Tin khác", "Xem theo ngày", "Ý kiến của bạn", "Mua vào", "Bán ra", "Bỏ qua")

    def path(self, story: Story) -> str:
        return f"/vi/tin/{1000 + self.age(story)}/{story.slug}"

    def build(self) -> None:
        self.add("/", self.intro)
        self.add("/vi/trang-chu", self.front)
        self.add("/en/home", partial(self.shell, "Home", "<h2>Welcome to My Hoa ward</h2><p>Please choose a page.</p>"))
        text = "".join(f"<p>{line}</p>" for line in ABOUT)
        self.add("/en/about-us", partial(self.shell, "About us", f"<h2>About us</h2>{text}"))
        for slug, section in self.slugs.items():
            self.listing(f"/vi/chuyen-muc/{slug}", section, self.inside(section))
        for days in sorted({f"{story.when:%d-%m-%Y}" for story in self.stories[:9]}):
            rows = [story for story in self.stories if f"{story.when:%d-%m-%Y}" == days]
            self.listing(f"/vi/ngay/{days}", f"Tin ngày {days}", rows)
        for page in dress.pages(self.name, self.unit):
            inner = f"<h2>{page.title}</h2><div class='text'>{page.html}</div>"
            self.add(f"/vi/trang/{page.slug}", partial(self.shell, page.title, inner))
        for story in self.stories:
            self.add(self.path(story), partial(self.article, story))
            files = tuple(f"/media/file/{file.name}" for file in story.files)
            for target, file in zip(files, story.files, strict=True):
                self.offer(target, file)
            self.record(story, self.path(story), attachments=files)

    def intro(self, hit: int) -> str:
        return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{self.town}</title>
<style>{furniture.css(self.name, 30)}</style></head><body><div class="intro"><img src="/media/intro.jpg">
<h1>CHÀO MỪNG ĐẾN VỚI {self.town.upper()}</h1><a href="/vi/trang-chu">VÀO TRANG CHỦ</a> | <a href="/en/home">ENGLISH</a>
<a href="#">Bỏ qua</a></div></body></html>"""

    def listing(self, base: str, heading: str, stories: list[Story]) -> None:
        sheets = pages_of(stories, 5)
        for number, rows in enumerate(sheets, 1):
            items = "".join(
                f'<li class="item"><a href="{self.path(story)}">'
                f'<span class="thumb" style="background:url(/media/t.jpg)"></span>'
                f"<strong>{esc(story.title)}</strong><em>{story.when:%d.%m.%Y}</em></a>"
                f"<div>{esc(story.excerpt)}</div></li>"
                for story in rows
            )
            more = (
                f'<a class="more" href="{base}/trang-{number + 1}">Xem thêm tin cũ hơn</a>'
                if number < len(sheets)
                else ""
            )
            target = f"{base}/trang-{number}" if number > 1 else base
            inner = f'<h2>{heading}</h2><ul class="items">{items}</ul>{more}'
            self.add(target, partial(self.shell, heading, inner))

    def front(self, hit: int) -> str:
        rows = "".join(
            f'<li><a href="{self.path(s)}"><strong>{esc(s.title)}</strong></a></li>' for s in self.stories[:5]
        )
        return self.shell("Trang chủ", f'<ul class="items">{rows}</ul>', hit)

    def article(self, story: Story, hit: int) -> str:
        when = story.when
        money = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in dress.rates(hit))
        lead = f'<div class="lead">{esc(story.lead)}</div>' if story.lead else ""
        files = "".join(f'<a class="dl" href="/media/file/{f.name}">{esc(f.label)}</a>' for f in story.files)
        name = f'<div class="sign">{self.signed(story)}</div>' if story.author else ""
        near = "".join(
            f'<li><a href="{self.path(r)}">{esc(r.title)}</a> - {r.when:%d.%m.%Y}</li>' for r in self.others(story, 5)
        )
        inner = f"""<div class="crumbs"><a href="/vi/trang-chu">Trang chủ</a> › {story.section}</div>\
<h2>{esc(story.title)}</h2>
<div class="when">Đăng lúc {when:%H} giờ {when:%M}, ngày {when.day} tháng {when.month} năm {when.year}</div>
<div class="float"><table><tr><th>Tỷ giá</th><th>Mua vào</th><th>Bán ra</th></tr>{money}</table>
<div>Thời tiết: {furniture.weather(hit)}, cập nhật {self.clock(hit):%H:%M %d/%m/%Y}</div></div>
<div class="text">{lead}{MARKUP.body(story)}</div>{name}<div>{files}</div>
<div class="others"><h3>Tin khác</h3><ul>{near}</ul></div><h3>Ý kiến của bạn</h3><form><textarea></textarea></form>"""
        return self.shell(story.title, inner, hit)

    def shell(self, title: str, inner: str, hit: int) -> str:
        menu = "".join(f'<a href="/vi/chuyen-muc/{slug}">{name}</a>' for slug, name in self.slugs.items())
        menu += "".join(f'<a href="/vi/trang/{p.slug}">{p.title}</a>' for p in dress.pages(self.name, self.unit))
        days = dict.fromkeys(f"{story.when:%d-%m-%Y}" for story in self.stories[:9])
        calendar = "".join(f'<a href="/vi/ngay/{day}">{day[:2]}</a>' for day in days)
        seen = furniture.visits(hit)
        return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">\
<title>{esc(title)} | Phường Mỹ Hòa</title>
<style>{furniture.css(self.name, 22)}</style></head><body><header><a href="{BASE}/vi/trang-chu">PHƯỜNG MỸ HÒA</a>
<a href="/en/home">English</a><a href="/en/about-us">About us</a>\
<i>{dress.weekday(self.clock(hit))}, {self.clock(hit):%d/%m/%Y}</i>
</header><nav>{menu}</nav><main>{inner}</main><aside><h3>Xem theo ngày</h3><div>{calendar}</div>
<p>Khách trực tuyến: {seen["online"]}</p><p>Lượt truy cập: {seen["total"]}</p></aside><footer>UBND {self.unit}</footer>
<script>{furniture.js(self.name, 20)}</script></body></html>"""

    def missing(self, target: str, hit: int) -> str:
        return self.shell("Lỗi", "<h2>Lỗi 404</h2>", hit)
