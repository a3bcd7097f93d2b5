"""Small sites for the fetching half: exact, fast and misbehaving on purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from phuongchi.demo.site import Gold, Reply

WORDS = "Ủy ban nhân dân phường tổ chức hội nghị tổng kết công tác năm và triển khai nhiệm vụ trọng tâm của quý tới."


@dataclass
class News:
    """A site with `count` articles in lists of `size`, page by page; `extra` answers win over everything.

    Articles have an ETag that changes with `edited`; lists never have one. On night two there are `tonight` more articles.
    """

    name: str = "news"
    platform: str = ""
    count: int = 30
    size: int = 10
    tonight: int = 0
    edited: frozenset[int] = frozenset()
    robots: Reply | None = None
    extra: Mapping[str, Reply] = field(default_factory=dict)

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        if target in self.extra:
            return self.extra[target]
        if target == "/robots.txt":
            return self.robots or Reply(b"not here", 404)
        total = self.count + (self.tonight if night > 1 else 0)
        if target == "/":
            return self._list(1, total, hit)
        if target.startswith("/tin-tuc/trang-"):
            return self._list(int(target.removeprefix("/tin-tuc/trang-").removesuffix(".html")), total, hit)
        if target.startswith("/tin-tuc/hoi-nghi-tong-ket-cong-tac-nam-"):
            number = int(target.rpartition("-")[2].removesuffix(".html"))
            if 1 <= number <= total:
                return self._article(number, headers, night)
        return Reply(b"<html><body>404</body></html>", 404)

    def gold(self, night: int) -> Sequence[Gold]:
        return ()

    def _list(self, page: int, total: int, hit: int) -> Reply:
        numbers = range(total - (page - 1) * self.size, max(0, total - page * self.size), -1)
        lines = "".join(
            f'<li class="tin"><h3><a href="{article_path(n)}">Hội nghị tổng kết công tác năm lần thứ {n} của phường</a></h3>'
            f"<span>Ngày {n % 28 + 1:02}/10/2026</span><p>{WORDS}</p></li>"
            for n in numbers
        )
        pages = -(-total // self.size)
        pager = "".join(f'<a href="/tin-tuc/trang-{n}.html">{n}</a> ' for n in range(1, pages + 1) if n != page)
        body = (
            f"<html><head><title>Tin tức</title></head><body><div class='menu'><a href='/'>Trang chủ</a></div>"
            f"<ul class='danh-sach'>{lines}</ul><div class='pagination'>{pager}</div><p>Lượt truy cập: {hit}</p></body></html>"
        )
        return Reply(body.encode())

    def _article(self, number: int, headers: Mapping[str, str], night: int) -> Reply:
        text = WORDS + (" Đã sửa." if night > 1 and number in self.edited else "")
        body = (
            f"<html><head><title>Hội nghị tổng kết công tác năm lần thứ {number}</title></head><body><h1>Hội nghị tổng kết "
            f"công tác năm lần thứ {number} của phường</h1><p>Ngày {number % 28 + 1:02}/10/2026</p>"
            + f"<p>{text} Số {number}.</p>" * 6
            + "</body></html>"
        ).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        head = (("Content-Type", "text/html; charset=utf-8"), ("ETag", etag))
        if headers.get("if-none-match") == etag:
            return Reply(b"", 304, head)
        return Reply(body, headers=head)


def article_path(number: int) -> str:
    return f"/tin-tuc/hoi-nghi-tong-ket-cong-tac-nam-{number}.html"
