"""The ASP.NET portal of Thừa Thiên Huế: everything is `/?gd=&cn=&tc=` in any order, in nested tables, with a calendar."""

from __future__ import annotations

from datetime import date, timedelta

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating
from phuongchi.demo.markup import MSO, body_html, esc
from phuongchi.demo.portal import STATICS, Ask, Portal, summary
from phuongchi.demo.site import Reply

CATEGORIES = {"": 27, "tin-hoat-dong": 28, "thong-bao": 121, "van-hoa": 128}
STATIC_NUMBERS = {"gioi-thieu": 2, "co-cau-to-chuc": 3, "lien-he": 11, "so-do-trang": 12}
CALENDAR_MONTHS = 18
"""How far back the month links of the calendar go: enough to show a crawler that follows them, not endless."""


class Hue(Portal):
    """No feed, no sitemap, no robots.txt. Prints the day of the last update only. Identity of an article is `tc`."""

    name = "hue"
    platform = "hue-gdcntc"
    layout = "hue"
    dating = Dating("page-update", minutes=False)
    file_folder = "/UploadFiles/TinTuc/"

    def address(self, article: Article) -> str:
        return f"/?gd=4&cn={CATEGORIES[article.section]}&tc={article.id}"

    def shuffled(self, article: Article, hit: int) -> str:
        """The address as one of the link builders of the portal writes it: the order of parameters is anybody's guess."""
        category, number = CATEGORIES[article.section], article.id
        forms = ("/?gd=4&cn={0}&tc={1}", "/?cn={0}&gd=4&tc={1}", "/?tc={1}&gd=4&cn={0}")
        return forms[hit % len(forms)].format(category, number)

    def section_address(self, section: str, number: int = 1) -> str:
        return f"/?gd=1&cn={CATEGORIES[section]}" + (f"&page={number}" if number > 1 else "")

    def static_address(self, key: str) -> str:
        return f"/?gd=2&cn={STATIC_NUMBERS[key]}"

    def answer(self, ask: Ask) -> Reply | None:
        if ask.path not in ("/", "/default.aspx", "/Default.aspx"):
            return None
        if not ask.params:
            return self.page("Trang chủ", self._list(ask, "", 1, home=True), ask)
        if "tc" in ask.params:
            return self._article(ask, ask.params["tc"])
        layout, category = ask.params.get("gd"), ask.params.get("cn", "")
        static = {str(number): key for key, number in STATIC_NUMBERS.items()}.get(category)
        if layout == "2" and static:
            return self.page(STATICS[static], self.static(static), ask)
        section = {str(number): key for key, number in CATEGORIES.items()}.get(category)
        if section is None:
            return None
        if "thang" in ask.params:
            return self.page("Xem tin theo ngày", "<p>Không có tin nào trong thời gian này.</p>", ask)
        return self.page(self.ward.sections[section], self._list(ask, section, ask.number("page")), ask)

    def _article(self, ask: Ask, number: str) -> Reply | None:
        article = self.find(ask.night, id=int(number)) if number.isdecimal() else None
        if article is None:
            return None
        when = article.head or f"Ngày cập nhật {article.day}"
        others = self.others(ask, article, 8)
        main = f"""<table width="100%" cellspacing="0" cellpadding="0"><tr><td class="DuongDan"><a href="/">Trang chủ</a> &raquo;</td></tr>
<tr><td><table width="100%" border="0"><tr><td>
<span id="ctl00_ContentPlaceHolder_lblTieuDe" class="TieuDeTin">{esc(article.title)}</span></td></tr>
<tr><td><span id="ctl00_ContentPlaceHolder_lblNgay" class="NgayCapNhat">{esc(when)}</span></td></tr>
<tr><td><div id="ctl00_ContentPlaceHolder_divNoiDung" class="NoiDungTin" align="justify">
{body_html(article, MSO, self.file_address)}
</div></td></tr></table></td></tr>
<tr><td><div class="TieuDeNhom">Tin cùng nhóm</div><ul>
{furniture.links((self.shuffled(other, ask.hit + number), other.title) for number, other in enumerate(others[:3]))}
</ul><div class="TieuDeNhom">Các tin khác</div><ul>
{furniture.links((self.shuffled(other, ask.hit), f"{other.title} ({other.day})") for other in others[3:])}
</ul></td></tr>
<tr><td>{self._calendar(ask)}</td></tr></table>"""
        return self.page(article.title, main, ask, article=article)

    def _calendar(self, ask: Ask) -> str:
        """ "Xem tin theo ngày": days are postbacks, the months before are links."""
        day = furniture.today(ask.night)
        back = int(ask.params["thang"]) if ask.params.get("thang", "").isdecimal() else 0
        shown = date(day.year + (day.month - 1 - back) // 12, (day.month - 1 - back) % 12 + 1, 1)
        cells = []
        for number in range(35):
            cell = shown + timedelta(days=number)
            post = f"javascript:__doPostBack('ctl00$Lich','{cell.toordinal() - 730119}')"
            cells.append(f'<td align="center"><a href="{esc(post)}" title="{cell.day}">{cell.day}</a></td>')
        weeks = "".join(f"<tr>{''.join(cells[start : start + 7])}</tr>" for start in range(0, 35, 7))
        month = f'<a href="/?gd=1&amp;cn=28&amp;thang={back + 1}">&lt;</a>' if back < CALENDAR_MONTHS else ""
        return (
            f'<div class="TieuDeNhom">Xem tin theo ngày</div><table class="Lich"><tr><td colspan="7">{month} Tháng {shown.month} '
            f"năm {shown.year}</td></tr>{weeks}</table>"
        )

    def _list(self, ask: Ask, section: str, number: int, *, home: bool = False) -> str:
        found, pages = self.numbered(ask, section, number)
        items = "\n".join(
            f'<tr><td class="AnhTin"><img src="{self.file_address(f"anh-{article.id}-0.png")}" alt="" /></td><td>'
            f'<a class="TieuDeTinDS" href="{esc(self.shuffled(article, ask.hit + position))}">{esc(article.title)}</a>'
            f'<div class="TomTat">{esc(summary(article))}</div></td></tr>'
            for position, article in enumerate(found)
        )
        pager = "" if home else f'<div class="PhanTrang">{self.pager(section, number, pages)}</div>'
        return f'<div class="TieuDeNhom">{esc(self.ward.sections[section])}</div><table>{items}</table>{pager}{self._calendar(ask)}'

    def hot(self, ask: Ask, article: Article | None) -> str:
        return furniture.links(
            (self.shuffled(other, ask.hit + 1), other.title) for other in self.others(ask, article, 4)
        )

    def counters(self, ask: Ask, article: Article | None) -> str:
        saved = article.counters if article else ()
        total = furniture.dotted(furniture.visits(ask.night, ask.hit))
        lines = saved or (f"Truy cập tổng {total}", f"Truy cập hiện tại {90 + ask.hit % 211}")
        return "\n".join(f"<div>{esc(line)}</div>" for line in (*lines, f"Lượt truy cập trong ngày {ask.hit + 59}"))

    def bulk(self, ask: Ask) -> dict[str, str]:
        return {
            "wards": furniture.options("units", "thuathienhue.gov.example"),
            "departments": furniture.links(furniture.outside("departments", "thuathienhue.gov.example")),
            "viewstate": furniture.viewstate(ask.target, ask.hit, 8_000),
            "styles": furniture.styles("WebPart", 50),
            "scripts": furniture.scripts("ctl00", 45, ask.hit),
        }
