"""Liferay with the theme of Quảng Ngãi province: the article's number is the whole query string; a feed for each publisher."""

from __future__ import annotations

from email.utils import format_datetime
from urllib.parse import urlencode

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating
from phuongchi.demo.markup import WORD, body_html, esc
from phuongchi.demo.portal import STATICS, Ask, Portal, redirect, summary, text
from phuongchi.demo.rss import instant, rss
from phuongchi.demo.site import Reply

HOME = "/web/phuong-tra-giang"
PORTLET = "101_INSTANCE_JmXe4Tz7nGwB"


class QuangNgai(Portal):
    """robots.txt and an RSS feed of the five newest articles, no sitemap. The date line ends in a bare count of views."""

    name = "quangngai"
    platform = "liferay-quangngai"
    layout = "quangngai"
    dating = Dating("head-line")
    d = ""
    file_folder = "/documents/9571604/"
    login = "/c/portal/login"

    def address(self, article: Article) -> str:
        return f"{HOME}/xem-chi-tiet/-/asset_publisher/Content/{self.slug(article)}?{article.id}"

    def section_address(self, section: str, number: int = 1) -> str:
        path = f"{HOME}/{section or 'tin-tuc-su-kien'}"
        if number == 1:
            return path
        query = {"p_p_id": PORTLET, "p_p_lifecycle": "0", "p_p_state": "normal", "p_p_mode": "view",
                 f"_{PORTLET}_delta": "3", f"_{PORTLET}_cur": str(number)}  # fmt: skip
        return f"{path}?{urlencode(query)}"

    def static_address(self, key: str) -> str:
        return f"{HOME}/{key}"

    def answer(self, ask: Ask) -> Reply | None:
        if ask.path == "/robots.txt":
            return text(
                "User-agent: *\nDisallow: /c/portal/\nDisallow: /*p_p_state=pop_up\nDisallow: /group/\n", "text/plain"
            )
        if ask.path == "/":
            return redirect(HOME)
        if not (ask.path + "/").startswith(HOME + "/"):
            return None
        rest = ask.path[len(HOME) :].strip("/")
        if rest.startswith("xem-chi-tiet/-/asset_publisher/Content/"):
            return self._article(ask)
        if rest == "tin-tuc-su-kien/-/asset_publisher/JmXe4Tz7nGwB/rss":
            return self._feed(ask)
        if rest in ("", "trang-chu"):
            return self.page("Trang chủ", self._list(ask, "", 1, home=True), ask, head=self._feed_link())
        if rest in STATICS:
            return self.page(STATICS[rest], self.static(rest), ask)
        section = "" if rest == "tin-tuc-su-kien" else rest
        if section not in self.ward.sections:
            return None
        main = self._list(ask, section, ask.number(f"_{PORTLET}_cur"))
        return self.page(self.ward.sections[section], main, ask, head=self._feed_link())

    def _feed_link(self) -> str:
        href = f"{HOME}/tin-tuc-su-kien/-/asset_publisher/JmXe4Tz7nGwB/rss"
        return f'<link href="{href}" rel="alternate" title="RSS" type="application/rss+xml" />'

    def _feed(self, ask: Ask) -> Reply:
        items = [
            (article.title, ask.base + self.address(article), format_datetime(instant(article)), summary(article))
            for article in self.listed(ask.night)[:5]
        ]
        return text(rss(self.ward.name, ask.base + HOME, items), "application/rss+xml")

    def _article(self, ask: Ask) -> Reply | None:
        article = self.find(ask.night, id=int(ask.query)) if ask.query.isdecimal() else None
        if article is None:
            return None
        when = article.head or f"{article.day} {article.time}    {20 + ask.hit}"
        popup = f"{self.section_address(article.section)}?p_p_id=101&p_p_state=pop_up&_101_viewMode=print&_101_id={article.id}"
        main = f"""<div class="portlet-content"><div class="title-detail"><h3>{esc(article.title)}</h3></div>
<div class="info-detail"><span class="date-detail">{esc(when)}</span>
<span class="icons"><a href="{esc(popup)}" rel="nofollow"><img src="/theme/print.png" alt="In" /></a></span></div>
<div class="content-detail">
{body_html(article, WORD, self.file_address)}
</div></div>
<div class="other-news"><h4>Tin liên quan</h4><ul>
{furniture.links((self.address(other), f"{other.title} ({other.day})") for other in self.others(ask, article, 6))}
</ul></div>"""
        return self.page(article.title, main, ask, head=self._feed_link(), article=article)

    def _list(self, ask: Ask, section: str, number: int, *, home: bool = False) -> str:
        found, pages = self.numbered(ask, section, number)
        items = "\n".join(
            f'<li class="item-news"><a class="title" href="{esc(self.address(article))}">{esc(article.title)}</a>'
            f'<span class="date">{article.day} {article.time}</span><div class="summary">{esc(summary(article))}</div></li>'
            for article in found
        )
        pager = "" if home else f'<div class="pagination">{self.pager(section, number, pages)}</div>'
        return f'<div class="list-news"><h2>{esc(self.ward.sections[section])}</h2><ul>{items}</ul>{pager}</div>'

    def counters(self, ask: Ask, article: Article | None) -> str:
        total = furniture.dotted(furniture.visits(ask.night, ask.hit))
        return (
            f"<p>Đang truy cập: {3 + ask.hit % 17}</p><p>Hôm nay: {ask.hit + 7}</p><p>Tổng lượt truy cập: {total}</p>"
        )

    def bulk(self, ask: Ask) -> dict[str, str]:
        return {
            "wards": furniture.options("units", "quangngai.gov.example"),
            "departments": furniture.links(furniture.outside("departments", "quangngai.gov.example")),
            "provinces": furniture.links(furniture.outside("provinces", "gov.example")),
            "styles": furniture.styles("portlet-boundary_101_INSTANCE", 75),
            "scripts": furniture.scripts("101", 80, ask.hit),
        }
