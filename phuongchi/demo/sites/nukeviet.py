"""NukeViet 4: category addresses with a number at the end, RSS, sitemaps, robots.txt, and every article offered twice more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating
from phuongchi.demo.markup import DIVS, block_html, body_html, esc
from phuongchi.demo.portal import STATICS, Ask, Portal, redirect, summary, text
from phuongchi.demo.rss import instant, rss, sitemap, sitemap_index
from phuongchi.demo.site import Reply

NEWS = "/vi/news"
ROBOTS = """User-agent: *
Disallow: /cache/
Disallow: /vi/users/
Disallow: /vi/search/
Disallow: /vi/news/savefile/
Sitemap: {base}/sitemap.xml
"""
STATIC_PATHS = {"gioi-thieu": "/vi/about/", "co-cau-to-chuc": "/vi/organs/", "lien-he": "/vi/contact/",
                "so-do-trang": "/vi/sitemap/"}  # fmt: skip


class NukeViet(Portal):
    """Feed, sitemap index and robots.txt. Answers If-Modified-Since for articles. Times stand in four places, one malformed."""

    name = "nukeviet"
    platform = "nukeviet-4"
    layout = "nukeviet"
    dating = Dating("head-line")
    file_folder = "/uploads/news/2025/"
    login = "/vi/users/login/"
    labelled = True

    def address(self, article: Article) -> str:
        return f"{NEWS}/{article.section}/{self.slug(article)}-{article.id}.html"

    def section_address(self, section: str, number: int = 1) -> str:
        path = f"{NEWS}/{section}/" if section else f"{NEWS}/"
        return f"{path}page-{number}/" if number > 1 else path

    def static_address(self, key: str) -> str:
        return STATIC_PATHS[key]

    def category(self, article: Article) -> str | None:
        return article.label or self.ward.sections[article.section]

    def answer(self, ask: Ask) -> Reply | None:
        if reply := self._machine(ask):
            return reply
        if ask.path == "/":
            return redirect("/vi/")
        if ask.path == "/vi/":
            return self.page("Trang nhất", self._list(ask, "", 1, home=True), ask, head=self._feed_links())
        for key, path in STATIC_PATHS.items():
            if ask.path == path:
                return self.page(STATICS[key], self.static(key), ask)
        return self._news(ask) if ask.path.startswith(NEWS + "/") else None

    def _machine(self, ask: Ask) -> Reply | None:
        """robots.txt, sitemaps, feeds."""
        base = ask.base
        if ask.path == "/robots.txt":
            return text(ROBOTS.format(base=base), "text/plain")
        if ask.path == "/sitemap.xml":
            return text(sitemap_index([f"{base}/sitemap-vi.xml"]), "application/xml")
        if ask.path == "/sitemap-vi.xml":
            return text(sitemap_index([f"{base}/sitemap-vi.news.xml"]), "application/xml")
        if ask.path == "/sitemap-vi.news.xml":
            entries = [
                (base + self.address(article), instant(article).isoformat()) for article in self.listed(ask.night)
            ]
            return text(sitemap(entries), "application/xml")
        if not ask.path.startswith(f"{NEWS}/rss/"):
            return None
        section = ask.path[len(f"{NEWS}/rss/") :].strip("/")
        if section not in self.ward.sections:
            return None
        items = [
            (article.title, base + self.address(article), format_datetime(instant(article)), summary(article))
            for article in self.listed(ask.night, section)[:30]
        ]
        return text(rss(self.ward.name, f"{base}{NEWS}/", items), "application/rss+xml")

    def _news(self, ask: Ask) -> Reply | None:
        parts = ask.path[len(NEWS) :].strip("/").split("/")
        view = parts[0] if parts[0] in ("print", "savefile") else ""
        if view:
            parts = parts[1:]
        if parts[-1].endswith(".html"):
            number = parts[-1][: -len(".html")].rpartition("-")[2]
            article = self.find(ask.night, id=int(number)) if number.isdecimal() else None
            if article is None or article.section != parts[0]:
                return None
            return self._bare(ask, article, view) if view else self._dated(ask, article)
        page = 1
        if parts[-1].startswith("page-") and parts[-1][5:].isdecimal():
            page, parts = int(parts[-1][5:]), parts[:-1]
        section = parts[0] if parts else ""
        if view or section not in self.ward.sections or len(parts) > 1:
            return None
        return self.page(self.ward.sections[section], self._list(ask, section, page), ask, head=self._feed_links())

    def _dated(self, ask: Ask, article: Article) -> Reply:
        """The article with Last-Modified, or 304: edits change the time, counters do not."""
        edited = ask.night >= 2 and any(original.id == article.id and original.edits for original in self.articles)
        changed = datetime.combine(furniture.today(2), instant(article).timetz()) if edited else instant(article)
        stamp = format_datetime(changed.astimezone(UTC), usegmt=True)
        if ask.headers.get("if-modified-since") == stamp:
            return Reply(b"", 304, (("Last-Modified", stamp),))
        page = self.page(
            article.title, self._article(ask, article), ask, head=self._meta(ask, article), article=article
        )
        return Reply(page.body, 200, (*page.headers, ("Last-Modified", stamp)))

    def _feed_links(self) -> str:
        return f'<link href="{NEWS}/rss/" rel="alternate" type="application/rss+xml" title="Tin Tức" />'

    def _meta(self, ask: Ask, article: Article) -> str:
        when = instant(article)
        # The real one formats with "Y-m-dTH:i:s", where T is PHP's sign for the zone.
        malformed = f"{when:%Y-%m-%d}+07{when:%H:%M:%S}"
        address = esc(ask.base + self.address(article))
        lines = {"og:title": article.title, "og:type": "article", "og:url": ask.base + self.address(article),
                 "og:site_name": self.ward.name, "article:published_time": malformed,
                 "article:section": self.ward.sections[article.section]}  # fmt: skip
        metas = "\n".join(f'<meta property="{key}" content="{esc(value)}" />' for key, value in lines.items())
        return f'{metas}\n<link rel="canonical" href="{address}" />\n{self._feed_links()}'

    def _article(self, ask: Ask, article: Article) -> str:
        when = instant(article)
        views = furniture.dotted(1_200 + ask.hit)
        printed = f"{furniture.WEEKDAYS[when.weekday()]} - {article.day} {article.time}"
        lead = next((block for block in article.blocks if block.kind == "p"), None)
        rest = article if article.lead_twice else _without(article, lead)
        hometext = block_html(lead, DIVS, "", self.file_address) if lead else ""
        bylines = "".join(f'<p class="h5 text-right">{esc(" ".join(block.lines))}</p>' for block in article.blocks
                          if block.kind == "by")  # fmt: skip
        files = "".join(
            block_html(block, DIVS, "", self.file_address) for block in article.blocks if block.kind == "file"
        )
        attached = (
            f'<h3 class="newh3"><em class="fa fa-download">&nbsp;</em>Tập tin đính kèm</h3>{files}' if files else ""
        )
        others = self.others(ask, article, 8)
        tail = self.address(article)[len(NEWS) :]
        return f"""<div class="news_column panel panel-default" itemtype="http://schema.org/NewsArticle" itemscope>
<div class="panel-body"><h1 class="title margin-bottom-lg" itemprop="headline">{esc(article.title)}</h1>
<div class="hidden d-none" itemprop="datePublished">{when.isoformat()}</div>
<div class="hidden d-none" itemprop="dateModified">{when.isoformat()}</div>
<div class="row margin-bottom-lg"><div class="col-md-12"><span class="h5">{esc(printed)}</span>
<span class="small">{views} 0</span></div>
<div class="col-md-12"><ul class="list-inline text-right"><li><a href="{NEWS}/print{tail}" title="In ra" rel="nofollow">
<em class="fa fa-print"></em></a></li><li><a href="{NEWS}/savefile{tail}" title="Lưu bài viết này"><em class="fa fa-save"></em></a>
</li></ul></div></div>
<div class="clearfix"><div class="hometext m-bottom" itemprop="description">{hometext}</div></div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg">
{body_html(rest, DIVS, self.file_address, skip=("by", "file"))}
</div>
<div class="margin-bottom-lg">{bylines}</div>{attached}
</div></div>
<div class="news_column panel panel-default"><div class="panel-body"><form id="form3B" action="">
<div class="h5">Tổng số điểm của bài viết là: {ask.hit % 40} trong {ask.hit % 8} đánh giá</div>
<div>Click để đánh giá bài viết</div></form></div></div>
<div class="news_column panel panel-default"><div class="panel-body other-news">
<p class="h3"><strong>Những tin mới hơn</strong></p><ul class="related list-inline">{self._related(others[:4])}</ul>
<p class="h3"><strong>Những tin cũ hơn</strong></p><ul class="related list-inline">{self._related(others[4:])}</ul>
</div></div>
<div>Bạn đã không sử dụng Site, <a href="#">Bấm vào đây để duy trì trạng thái đăng nhập</a>. Thời gian chờ: 60 giây</div>"""

    def _related(self, others: list[Article]) -> str:
        return "\n".join(
            f'<li><em class="fa fa-angle-right">&nbsp;</em><a href="{esc(self.address(other))}" title="{esc(other.title)}">'
            f"{esc(other.title)}</a> <em>({other.day})</em></li>"
            for other in others
        )

    def _bare(self, ask: Ask, article: Article, view: str) -> Reply:
        """The print and savefile views; the latter calls itself canonical."""
        path = f"{NEWS}/{view}{self.address(article)[len(NEWS) :]}"
        body = body_html(article, DIVS, self.file_address)
        page = (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{esc(article.title)}</title><link rel="canonical" '
            f'href="{ask.base}{esc(path)}"></head><body><div id="print"><div id="hd_print"><h2>{esc(self.ward.name)}</h2></div>'
            f'<h1>{esc(article.title)}</h1><ul><li>{article.day} {article.time}</li></ul>{body}<div id="footer">URL của bản tin này: '
            f"{ask.base}{esc(self.address(article))}</div></div></body></html>"
        )
        return Reply(page.encode())

    def _list(self, ask: Ask, section: str, number: int, *, home: bool = False) -> str:
        found, pages = self.numbered(ask, section, number)
        items = "\n".join(
            f'<div class="news_column panel panel-default"><div class="panel-body featured"><h3><a href="'
            f'{esc(self.address(article))}" title="{esc(article.title)}">{esc(article.title)}</a></h3><div class="text-muted">'
            f'<ul class="list-unstyled list-inline"><li><em class="fa fa-clock-o">&nbsp;</em>{article.day} {article.time}</li>'
            f"<li>Đã xem: {furniture.dotted(1_200 + ask.hit)}</li></ul></div>{esc(summary(article))}</div></div>"
            for article in found
        )
        pager = (
            ""
            if home
            else f'<div class="text-center"><ul class="pagination">{self.pager(section, number, pages)}</ul></div>'
        )
        return f'<div class="viewcat">{items}{pager}</div>'

    def not_found(self, ask: Ask) -> Reply:
        message = "Lỗi 404: Trang web mà bạn đã cố gắng truy cập không tồn tại trên máy chủ của website."
        return Reply(self.page("Lỗi truy cập 404", f"<h2>Thông báo từ hệ thống</h2><p>{message}</p>", ask).body, 404)

    def counters(self, ask: Ask, article: Article | None) -> str:
        total = furniture.dotted(furniture.visits(ask.night, ask.hit))
        numbers = {"Đang truy cập": 2 + ask.hit % 23, "Khách viếng thăm": 1 + ask.hit % 19, "Hôm nay": ask.hit + 115,
                   "Tháng hiện tại": 4_000 + ask.hit, "Tổng lượt truy cập": total}  # fmt: skip
        return (
            "<ul>" + "".join(f"<li><em></em>{key}<span>{value}</span></li>" for key, value in numbers.items()) + "</ul>"
        )

    def bulk(self, ask: Ask) -> dict[str, str]:
        return {
            "wards": furniture.links(furniture.outside("units", "dongnai.gov.example")),
            "departments": furniture.options("departments", "dongnai.gov.example"),
            "provinces": furniture.links(furniture.outside("provinces", "gov.example")),
            "styles": furniture.styles("block", 70),
            "scripts": furniture.scripts("nv", 75, ask.hit),
        }


def _without(article: Article, lead: object) -> Article:
    """The article without its lead, which NukeViet prints above the body."""
    return replace(article, blocks=tuple(block for block in article.blocks if block is not lead))
