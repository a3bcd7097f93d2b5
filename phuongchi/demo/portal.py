"""What all sample portals have in common: which articles are shown on a night, list pages, static pages, files, and 404."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import Template
from urllib.parse import parse_qsl, unquote, urlsplit

from phuongchi.demo import furniture
from phuongchi.demo.articles import Article, Dating, Ward, data, gold, load_ward, slug
from phuongchi.demo.markup import esc, file_bytes
from phuongchi.demo.site import Gold, Reply

STATICS = {
    "gioi-thieu": "Giới thiệu chung",
    "co-cau-to-chuc": "Cơ cấu tổ chức",
    "lien-he": "Liên hệ",
    "so-do-trang": "Sơ đồ trang",
}
"""Pages that every portal has and that are no articles."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, taken apart: decoded path, raw query and its parameters, lower-case headers, night and hit."""

    target: str
    path: str
    query: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    night: int
    hit: int

    @classmethod
    def of(cls, target: str, headers: Mapping[str, str], night: int, hit: int) -> Ask:
        """The request for `target`; a session id in the path (`;jsessionid=`) is dropped as the server does."""
        parts = urlsplit("http://site" + target)
        path = unquote(parts.path).partition(";jsessionid=")[0]
        return cls(target, path, parts.query, dict(parse_qsl(parts.query)), headers, night, hit)

    @property
    def base(self) -> str:
        """The address of the site as the visitor wrote it, without a slash at the end."""
        return f"http://{self.headers.get('host', '127.0.0.1')}"

    def number(self, name: str) -> int:
        """A page number from the query, 1 when absent or not a number."""
        value = self.params.get(name, "1")
        return int(value) if value.isdecimal() else 1


def redirect(target: str) -> Reply:
    """302 to another address of the site."""
    return Reply(b"", 302, (("Content-Type", "text/html"), ("Location", target)))


def text(body: str, kind: str) -> Reply:
    """A reply that is not a page: feed, sitemap, robots.txt."""
    return Reply(body.encode(), 200, (("Content-Type", f"{kind}; charset=utf-8"),))


class Portal:
    """A sample portal on one platform. A subclass says where things are (`address`, `answer`) and how they look.

    `d` is what slugs have for đ; `labelled` says that articles carry a section label, which is no text of theirs;
    `login` is the path of the login page, if it is linked.
    `extra` are articles beside the sample ones (the real seeds). Instances do not change; `reply` is a pure function.
    """

    name: str
    platform: str
    layout: str
    dating: Dating
    d = "d"
    per_page = 3
    labelled = False
    login = ""
    file_folder = "/upload/"

    def __init__(self, extra: Sequence[Article] = ()) -> None:
        self.ward: Ward = load_ward(self.name)
        self.articles = (*extra, *self.ward.articles)
        self._template = Template(data(f"{self.layout}.html"))
        self._files = {
            self.file_address(name)
            for article in self.articles
            for name in (*article.files, *(f"anh-{article.id}-{index}.png" for index in range(len(article.blocks))))
        }

    # Where things are

    def address(self, article: Article) -> str:
        """Path and query of an article: its canonical address."""
        raise NotImplementedError

    def section_address(self, section: str, number: int = 1) -> str:
        """Path and query of a list page; the section "" is the list of everything."""
        raise NotImplementedError

    def static_address(self, key: str) -> str:
        """Path and query of a page of `STATICS`."""
        raise NotImplementedError

    def answer(self, ask: Ask) -> Reply | None:
        """The reply to a request, None for an address that does not exist."""
        raise NotImplementedError

    def file_address(self, name: str) -> str:
        """The path of an attached file or a picture."""
        return self.file_folder + name

    def slug(self, article: Article) -> str:
        """The readable part of an article's address."""
        return slug(article.title, d=self.d)

    # What is there

    def category(self, article: Article) -> str | None:
        """The section label as the article page shows it, None where the platform shows none."""
        return article.label

    def listed(self, night: int, section: str = "") -> list[Article]:
        """Articles of a section on this night, newest first."""
        found = [
            article.at(night)
            for article in self.articles
            if article.night <= night and section in ("", article.section)
        ]
        return sorted(
            found, key=lambda article: (article.night, article.posted or article.event or "", article.id), reverse=True
        )

    def find(self, night: int, **wanted: object) -> Article | None:
        """The article with this `id` or `slug`, if it is there on this night."""
        for article in self.listed(night):
            if all((self.slug(article) if key == "slug" else article.id) == value for key, value in wanted.items()):
                return article
        return None

    def gold(self, night: int) -> Sequence[Gold]:
        """The articles a perfect crawl of this night holds. An edited one counts as of the night of its edit."""
        return [self._gold(article, night) for article in self.listed(night)]

    def _gold(self, article: Article, night: int) -> Gold:
        files = [self.file_address(name) for name in article.files]
        furniture_of_all = (*self.ward.furniture, *((self.category(article) or "",) if self.labelled else ()))
        reading = gold(
            article,
            self.address(article),
            self.dating,
            category=self.category(article),
            attachments=files,
            furniture=furniture_of_all,
        )
        if night >= 2 and any(original.id == article.id and original.edits for original in self.articles):
            return replace(reading, night=2)
        return reading

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """Answer `GET target`."""
        ask = Ask.of(target, headers, night, hit)
        if ask.path in self._files:
            body, kind = file_bytes(ask.path.rpartition("/")[2])
            return Reply(body, 200, (("Content-Type", kind),))
        if ask.path == self.login:
            form = '<form method="post"><input name="user" /><input name="password" type="password" /></form>'
            return self.page("Đăng nhập", f"<h2>Đăng nhập</h2>{form}", ask)
        return self.answer(ask) or self.not_found(ask)

    def not_found(self, ask: Ask) -> Reply:
        """A real 404, with the portal's furniture round it."""
        main = "<h2>Không tìm thấy trang</h2><p>Trang bạn yêu cầu không tồn tại hoặc đã bị xóa.</p>"
        return Reply(self.page("Không tìm thấy trang", main, ask).body, 404)

    # How it looks

    def page(self, title: str, main: str, ask: Ask, *, head: str = "", article: Article | None = None) -> Reply:
        """A whole page: the column `main` in the platform's layout."""
        ward, night, hit = self.ward, ask.night, ask.hit
        menu = [(self.section_address(key), label) for key, label in ward.sections.items()]
        crumbs = [(self.section_address(article.section), ward.sections[article.section])] if article else []
        values = {
            "crumbs": furniture.links(crumbs),
            "title": esc(title),
            "site": esc(f"{ward.name} - {ward.district}"),
            "ward": esc(ward.name),
            "ward_upper": esc(ward.name.upper()),
            "district": esc(ward.district),
            "province": esc(ward.province),
            "address": esc(ward.address),
            "head": head,
            "main": main,
            "menu": furniture.links([*menu, *((self.static_address(key), label) for key, label in STATICS.items())]),
            "statics": furniture.links((self.static_address(key), label) for key, label in STATICS.items()),
            "services": furniture.services(),
            "clock": furniture.clock(night, hit),
            "today": furniture.dmy(furniture.today(night)),
            "weather": furniture.weather(night, hit),
            "prices": furniture.prices(hit),
            "counters": self.counters(ask, article),
            "poll": furniture.poll(),
            "hot": self.hot(ask, article),
            "all_news": esc(self.section_address("")),
            **self.bulk(ask),
        }
        return Reply(self._template.substitute(values).encode())

    def bulk(self, ask: Ask) -> dict[str, str]:
        """Further values of the layout: link lists, styles, scripts."""
        return {}

    def counters(self, ask: Ask, article: Article | None) -> str:
        """The visitor counter; an article may bring the lines that were printed when it was saved."""
        raise NotImplementedError

    def others(self, ask: Ask, article: Article | None, count: int) -> list[Article]:
        """Other articles for side lists: a choice that moves on with every hit."""
        pool = [other for other in self.listed(ask.night) if article is None or other.id != article.id]
        start = ask.hit % max(len(pool), 1)
        return [*pool[start:], *pool[:start]][:count]

    def hot(self, ask: Ask, article: Article | None) -> str:
        """The side list of much-read articles."""
        return furniture.links((self.address(other), other.title) for other in self.others(ask, article, 4))

    def numbered(self, ask: Ask, section: str, number: int) -> tuple[list[Article], int]:
        """The articles of one list page, and how many pages there are."""
        found = self.listed(ask.night, section)
        return found[(number - 1) * self.per_page : number * self.per_page], -(-len(found) // self.per_page)

    def pager(self, section: str, number: int, pages: int) -> str:
        """Links to the pages of a list, as every platform has them: numbers, previous, next."""
        parts = [
            f"<strong>{page}</strong>"
            if page == number
            else f'<a href="{esc(self.section_address(section, page))}">{page}</a>'
            for page in range(1, pages + 1)
        ]
        if number > 1:
            parts.insert(0, f'<a href="{esc(self.section_address(section, number - 1))}">Trang trước</a>')
        if number < pages:
            parts.append(f'<a href="{esc(self.section_address(section, number + 1))}">Trang sau</a>')
        return " ".join(parts)

    def static(self, key: str) -> str:
        """The main column of a static page."""
        ward, title = self.ward, STATICS[key]
        if key == "gioi-thieu":
            inner = "\n".join(f"<p>{esc(part)}</p>" for part in ward.about)
        elif key == "co-cau-to-chuc":
            rows = "\n".join("<tr>" + "".join(f"<td>{esc(cell)}</td>" for cell in row) + "</tr>" for row in ward.staff)
            inner = f'<table border="1"><tr><th>Họ và tên</th><th>Chức vụ</th><th>Điện thoại</th></tr>{rows}</table>'
        elif key == "lien-he":
            fields = "".join(
                f'<p><label>{label}</label> <input type="text" /></p>' for label in ("Họ tên", "Email", "Nội dung")
            )
            inner = f'<p>{esc(ward.address)}</p><form action="#" method="post">{fields}<input type="submit" value="Gửi" /></form>'
        else:
            inner = f"<ul>{furniture.links((self.section_address(key), label) for key, label in ward.sections.items())}</ul>"
        return f'<div class="static-content"><h2>{title}</h2>\n{inner}</div>'


def summary(article: Article) -> str:
    """The first words of the body, as lists print them."""
    first = next((line for block in article.blocks for line in block.paragraphs()), "")
    return first if len(first) < 160 else first[:150].rpartition(" ")[0] + "..."
