"""A city portal of Thanh Hóa: `.htx` paths, and a date line with the time first (`19:46 !! 11/11/2018`)."""

from __future__ import annotations

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating
from phuongchi.demo.markup import TABLED, body_html, esc
from phuongchi.demo.portal import STATICS, Ask, Portal, redirect, summary
from phuongchi.demo.site import Reply

ROOT = "/web/trang-chu"
NEWS = f"{ROOT}/tin-tuc"


class ThanhHoa(Portal):
    """No feed, no sitemap, no robots.txt. The print view shows the day of the visit instead of the article's."""

    name = "thanhhoa"
    platform = "thanhhoa-htx"
    layout = "thanhhoa"
    dating = Dating("head-line")
    file_folder = "/file/download/"

    def address(self, article: Article) -> str:
        return f"{NEWS}/{article.section}/{self.slug(article)}.htx"

    def section_address(self, section: str, number: int = 1) -> str:
        path = f"{NEWS}/{section}" if section else NEWS
        return f"{path}/page/{number}.htx" if number > 1 else f"{path}.htx"

    def static_address(self, key: str) -> str:
        return f"{ROOT}/{key}.htx"

    def answer(self, ask: Ask) -> Reply | None:
        if ask.path == "/":
            return redirect(f"{ROOT}.htx")
        if not ask.path.startswith(ROOT) or not ask.path.endswith(".htx"):
            return None
        parts = ask.path[len(ROOT) : -len(".htx")].strip("/").split("/")
        if parts == [""]:
            return self.page("Trang chủ", self._list(ask, "", 1, home=True), ask)
        if parts[0] in STATICS and len(parts) == 1:
            return self.page(STATICS[parts[0]], self.static(parts[0]), ask)
        if parts[0] == "in" and len(parts) == 2:
            return self._print(ask, parts[1])
        return self._news(ask, parts[1:]) if parts[0] == "tin-tuc" else None

    def _news(self, ask: Ask, parts: list[str]) -> Reply | None:
        number = 1
        if len(parts) >= 2 and parts[-2] == "page" and parts[-1].isdecimal():
            number, parts = int(parts[-1]), parts[:-2]
        section = parts[0] if parts else ""
        if section not in self.ward.sections:
            return None
        if len(parts) <= 1:
            return self.page(self.ward.sections[section], self._list(ask, section, number), ask)
        article = self.find(ask.night, slug=parts[1])
        return self.page(article.title, self._article(ask, article), ask, article=article) if article else None

    def _article(self, ask: Ask, article: Article) -> str:
        when = article.head or f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{article.time} !! {article.day}"
        return f"""<div class="chi-tiet"><h1 class="tieu-de">{esc(article.title)}</h1>
<div class="thoi-gian"><i class="fa fa-clock-o"></i>{esc(when)}</div>
<div class="noi-dung" id="noi-dung">
{body_html(article, TABLED, self.file_address)}
</div>
<div class="cong-cu"><a href="{ROOT}/in/{self.slug(article)}.htx" rel="nofollow">In bài viết</a> <a href="#top">Về đầu trang</a></div>
<div class="tin-khac"><h3>Các tin đã đưa</h3><ul>
{furniture.links((self.address(other), f"{other.title} ({other.day})") for other in self.others(ask, article, 6))}
</ul></div></div>"""

    def _print(self, ask: Ask, wanted: str) -> Reply | None:
        """The print view: a bare page that prints today's date in the form of a letter head."""
        article = self.find(ask.night, slug=wanted)
        if article is None:
            return None
        day = furniture.today(ask.night)
        body = body_html(article, TABLED, self.file_address)
        page = (
            f'<html><head><meta charset="utf-8" /><title>Bản in</title></head><body onload="window.print()"><p><i>Thanh Hóa, ngày '
            f"{day.day:02} tháng {day.month:02} năm {day.year}</i></p><h2>{esc(article.title)}</h2>{body}</body></html>"
        )
        return Reply(page.encode())

    def _list(self, ask: Ask, section: str, number: int, *, home: bool = False) -> str:
        found, pages = self.numbered(ask, section, number)
        items = "\n".join(
            f'<article class="tin"><a href="{esc(self.address(article))}"><img src="'
            f'{self.file_address(f"anh-{article.id}-0.png")}" alt="{esc(article.title)}" /></a><h3><a href="'
            f'{esc(self.address(article))}">{esc(article.title)}</a></h3><small>{article.time} {article.day}</small>'
            f"<p>{esc(summary(article))}</p></article>"
            for article in found
        )
        pager = "" if home else f'<div class="phan-trang">{self.pager(section, number, pages)}</div>'
        return f'<div class="danh-sach"><h2>{esc(self.ward.sections[section])}</h2>{items}{pager}</div>'

    def counters(self, ask: Ask, article: Article | None) -> str:
        total = furniture.visits(ask.night, ask.hit)
        return f"<p>{1 + ask.hit % 9} người đang online</p><p>Hôm qua: {400 + ask.night}</p><p>Tất cả: {total}</p>"

    def bulk(self, ask: Ask) -> dict[str, str]:
        return {
            "wards": furniture.links(furniture.outside("units", "tpthanhhoa.gov.example"), kind="dropdown-item"),
            "departments": furniture.links(furniture.outside("departments", "thanhhoa.gov.example")),
            "provinces": furniture.options("provinces", "gov.example"),
            "styles": furniture.styles("khoi", 75),
            "scripts": furniture.scripts("htx", 80, ask.hit),
        }
