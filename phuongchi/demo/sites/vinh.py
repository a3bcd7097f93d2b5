"""Liferay with the theme of Vinh city: no date is printed anywhere, and the labels of web-content templates leak."""

from __future__ import annotations

from urllib.parse import urlencode

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating
from phuongchi.demo.markup import PLAIN, body_html, esc
from phuongchi.demo.portal import STATICS, Ask, Portal, summary
from phuongchi.demo.site import Reply

INSTANCE = "Cp738edjn6Dv"
PORTLET = f"101_INSTANCE_{INSTANCE}"


class Vinh(Portal):
    """No feed, no sitemap, no robots.txt, no dates. The home page links its articles through a page of its own."""

    name = "vinh"
    platform = "liferay-vinh"
    layout = "vinh"
    dating = Dating("event")
    d = ""
    file_folder = "/documents/228871/0/"

    def address(self, article: Article) -> str:
        return f"/{article.section}/-/asset_publisher/{INSTANCE}/content/{self.slug(article)}"

    def section_address(self, section: str, number: int = 1) -> str:
        path = f"/{section or 'tin-tuc'}"
        if number == 1:
            return path
        query = {"p_p_id": PORTLET, "p_p_lifecycle": "0", "p_p_state": "normal", "p_p_mode": "view", "p_p_col_id": "column-2",
                 f"_{PORTLET}_delta": "3", f"_{PORTLET}_keywords": "", f"_{PORTLET}_advancedSearch": "false",
                 f"_{PORTLET}_cur": str(number)}  # fmt: skip
        return f"{path}?{urlencode(query)}"

    def static_address(self, key: str) -> str:
        return f"/{key}"

    def answer(self, ask: Ask) -> Reply | None:
        parts = ask.path.strip("/").split("/")
        if len(parts) == 6 and parts[1:3] == ["-", "asset_publisher"] and parts[4] == "content":
            return self._article(ask, parts[5])
        if len(parts) > 1:
            return None
        if parts[0] in ("", "trang-chu"):
            return self.page("Trang chủ", self._home(ask), ask)
        if parts[0] in STATICS:
            return self.page(STATICS[parts[0]], self.static(parts[0]), ask)
        section = "" if parts[0] == "tin-tuc" else parts[0]
        if section not in self.ward.sections:
            return None
        return self.page(self.ward.sections[section], self._list(ask, section, ask.number(f"_{PORTLET}_cur")), ask)

    def _article(self, ask: Ask, wanted: str) -> Reply | None:
        article = self.find(ask.night, slug=wanted)
        if article is None:
            return None
        main = f"""<div class="portlet-asset-publisher"><div class="asset-full-content default-asset-publisher show-asset-title">
<h3 class="header-title"><span>{esc(article.title)}</span></h3>
<div class="asset-content"><div class="journal-content-article"><p class="field-label">content:</p>
<p>&nbsp;</p>
{body_html(article, PLAIN, self.file_address)}
</div></div></div></div>"""
        head = f'<link rel="canonical" href="{ask.base}{esc(self.address(article))}" />'
        return self.page(article.title, main, ask, head=head, article=article)

    def _item(self, href: str, article: Article) -> str:
        return (
            f'<div class="asset-abstract"><h4 class="asset-title"><a href="{esc(href)}">{esc(article.title)}</a></h4>'
            f'<div class="asset-summary">{esc(summary(article))}</div><div class="asset-more"><a href="{esc(href)}">Xem thêm'
            "&nbsp;&raquo;</a></div></div>"
        )

    def _list(self, ask: Ask, section: str, number: int) -> str:
        found, pages = self.numbered(ask, section, number)
        items = "\n".join(self._item(self.address(article), article) for article in found)
        pager = f'<div class="lfr-pagination">{self.pager(section, number, pages)}</div>'
        return f'<div class="portlet-asset-publisher"><h2>{esc(self.ward.sections[section])}</h2>{items}{pager}</div>'

    def _home(self, ask: Ask) -> str:
        back = urlencode({"inheritRedirect": "false", "redirect": f"{ask.base}/trang-chu?p_p_id={PORTLET}"})
        items = "\n".join(
            self._item(f"/trang-chu/-/asset_publisher/hP2tRw9LkQ4z/content/{self.slug(article)}?{back}", article)
            for article in self.numbered(ask, "", 1)[0]
        )
        return f'<div class="portlet-asset-publisher"><h2>Tin mới nhất</h2>{items}</div>'

    def counters(self, ask: Ask, article: Article | None) -> str:
        saved = article.counters if article else ()
        lines = saved or (f"Hiện có: {1_600 + ask.hit % 97}", f"Tổng: {356_077 + furniture.visits(ask.night, ask.hit)}")
        return "<br />\n".join(map(esc, (*lines, f"Hôm nay: {ask.hit + 41 * ask.night}")))

    def bulk(self, ask: Ask) -> dict[str, str]:
        return {
            "wards": furniture.links(furniture.outside("units", "vinh.nghean.gov.example"), kind="menu-item"),
            "departments": furniture.links(furniture.outside("departments", "nghean.gov.example")),
            "provinces": furniture.options("provinces", "gov.example"),
            "styles": furniture.styles("portlet-boundary_56_INSTANCE", 80),
            "scripts": furniture.scripts("56", 70, ask.hit),
        }
