"""Liferay 6 with the theme of the Hà Nội districts: one article under two kinds of address, and print and pop-up traps."""

from __future__ import annotations

from urllib.parse import urlencode

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating
from phuongchi.demo.markup import WORD, body_html, esc
from phuongchi.demo.portal import STATICS, Ask, Portal, redirect, summary
from phuongchi.demo.site import Reply

INSTANCE = "_101_INSTANCE_x8QzT4vRkLmP_"


class Hanoi(Portal):
    """No feed, no sitemap, no robots.txt. Identity of an article is its assetEntryId."""

    name = "hanoi"
    platform = "liferay-hanoi"
    layout = "hanoi"
    dating = Dating("head-line")
    file_folder = "/documents/10180/"
    labelled = True
    login = "/c/portal/login"

    def address(self, article: Article) -> str:
        return f"/{article.section}/-/view_content/{article.id}-{self.slug(article)}.html"

    def portlet_address(self, article: Article, **more: str) -> str:
        """The same article as a portlet address; `more` are the parameters of the print and pop-up views."""
        query = {
            "p_p_id": "101", "p_p_lifecycle": "0", "p_p_state": "maximized", "p_p_mode": "view",
            "_101_struts_action": "/asset_publisher/view_content", "_101_assetEntryId": str(article.id),
            "_101_type": "content", "_101_urlTitle": self.slug(article),
        }  # fmt: skip
        return f"/{article.section}?{urlencode(query | more)}"

    def section_address(self, section: str, number: int = 1) -> str:
        path = f"/{section or 'tin-moi'}"
        if number == 1:
            return path
        query = {"p_p_id": INSTANCE.strip("_"), "p_p_lifecycle": "0", "p_p_state": "normal", "p_p_mode": "view",
                 f"{INSTANCE}delta": "3", f"{INSTANCE}cur": str(number)}  # fmt: skip
        return f"{path}?{urlencode(query)}"

    def static_address(self, key: str) -> str:
        return f"/{key}"

    def category(self, article: Article) -> str | None:
        return article.label or self.ward.sections[article.section].lower()

    def answer(self, ask: Ask) -> Reply | None:
        parts = ask.path.strip("/").split("/")
        if len(parts) == 4 and parts[1:3] == ["-", "view_content"] and parts[3].endswith(".html"):
            return self._article(ask, parts[3].partition("-")[0])
        if "_101_assetEntryId" in ask.params:
            return self._article(ask, ask.params["_101_assetEntryId"])
        if ask.path == "/c/portal/update_language" and ask.params.get("redirect", "").startswith("/"):
            return redirect(ask.params["redirect"])
        if len(parts) > 1:
            return None
        if parts[0] in ("", "trang-chu"):
            return self.page(self.ward.name, self._list(ask, "", 1, home=True), ask)
        if parts[0] in STATICS:
            return self.page(STATICS[parts[0]], self.static(parts[0]), ask)
        section = "" if parts[0] == "tin-moi" else parts[0]
        if section not in self.ward.sections:
            return None
        number = ask.number(f"{INSTANCE}cur")
        return self.page(self.ward.sections[section], self._list(ask, section, number), ask)

    def _article(self, ask: Ask, number: str) -> Reply | None:
        article = self.find(ask.night, id=int(number)) if number.isdecimal() else None
        if article is None:
            return None
        # The session language falls to English now and then, and the label with it.
        label = "View count" if ask.hit % 5 == 0 else "Lượt xem"
        when = article.head or f"Ngày đăng {article.day} | {article.time}  | {label}: {90 + ask.hit}"
        lead = next((block for block in article.blocks if block.kind == "p"), None)
        twice = f'<p class="lead"><strong>{esc(lead.lines[0])}</strong></p>' if article.lead_twice and lead else ""
        printed = self.portlet_address(article, p_p_state="pop_up", p_p_mode="print", p_p_auth=f"k{ask.hit:06x}")
        main = f"""<div class="portlet-boundary portlet-asset-publisher" id="p_p_id_101_"><div class="asset-full-content">
<div class="cat-title">{esc(self.category(article) or "")}</div>
<div class="news-detail"><h2 class="title-detail">{esc(article.title)}</h2>
<div class="date-view">{esc(when)}</div>
<ul class="tools"><li><a href="{esc(printed)}">In trang</a></li>
<li><a href="/c/portal/update_language?languageId=en_US&amp;redirect={ask.path}">English</a></li></ul>
<div class="content-detail">{twice}
{body_html(article, WORD, self.file_address)}
</div></div></div>
<div class="tin-lien-quan"><h3>Tin cùng chuyên mục</h3><ul>
{self._related(ask, article)}
</ul></div></div>"""
        head = f'<link rel="canonical" href="{ask.base}{esc(self.address(article))}" />'
        return self.page(article.title, main, ask, head=head, article=article)

    def _related(self, ask: Ask, article: Article) -> str:
        return furniture.links(
            (self.address(other), f"{other.title} ({other.day})") for other in self.others(ask, article, 5)
        )

    def _list(self, ask: Ask, section: str, number: int, *, home: bool = False) -> str:
        found, pages = self.numbered(ask, section, number)
        # On the home page the session id is still in the links: Liferay does not know yet whether cookies work.
        session = f";jsessionid={ask.hit:08X}C4E1" if home else ""
        items = "\n".join(
            f'<div class="news-item"><a href="{esc(self.address(article))}{session}"><img src="'
            f'{self.file_address(f"anh-{article.id}-0.png")}" alt="" /></a><h4><a href="{esc(self.address(article))}{session}">'
            f'{esc(article.title)}</a></h4><span class="date">({article.day})</span><p>{esc(summary(article))}</p></div>'
            for article in found
        )
        pager = "" if home else f'<div class="taglib-page-iterator">{self.pager(section, number, pages)}</div>'
        return f'<div class="portlet-boundary"><h2>{esc(self.ward.sections[section])}</h2>{items}{pager}</div>'

    def hot(self, ask: Ask, article: Article | None) -> str:
        return furniture.links((self.portlet_address(other), other.title) for other in self.others(ask, article, 4))

    def counters(self, ask: Ask, article: Article | None) -> str:
        total = furniture.dotted(furniture.visits(ask.night, ask.hit))
        return (
            f"<div class='dem'>Số người truy cập: {total}</div><div class='dem'>Đang online: {12 + ask.hit % 31}</div>"
        )

    def bulk(self, ask: Ask) -> dict[str, str]:
        return {
            "wards": furniture.links(furniture.outside("units", "hanoi.gov.example"), kind="phuong"),
            "departments": furniture.options("departments", "hanoi.gov.example"),
            "provinces": furniture.options("provinces", "gov.example"),
            "styles": furniture.styles("portlet-boundary_101_INSTANCE", 70),
            "scripts": furniture.scripts("101", 75, ask.hit),
        }
