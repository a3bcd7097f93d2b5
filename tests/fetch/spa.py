"""A portal that scripts draw: shells for people, JSON for its scripts; and whether there is a browser to draw it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from shutil import which

import pytest

from crawler.fetch.browser import NAMES
from phuongchi.demo.site import Gold, Reply

CHROMIUM = next(filter(None, map(which, NAMES)), "")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM or find_spec("playwright") is None,
    reason="SKIPPED: NO BROWSER. Install one: apt-get install chromium, and pip install 'phuongchi[browser]'",
)

_JSON = (("Content-Type", "application/json; charset=utf-8"),)
_SCRIPT = (("Content-Type", "text/javascript; charset=utf-8"),)
_TEXT = (
    "Ủy ban nhân dân phường tổ chức hội nghị tổng kết công tác năm, đánh giá kết quả và triển khai nhiệm vụ trọng tâm."
)
_DRAW = """
const root = document.getElementById('root');
const detail = location.pathname.match(/^\\/bai-viet\\/(\\d+)$/);
if (detail) {
  fetch('%(api)s' + '/' + detail[1]).then(r => r.json()).then(a => {
    document.title = a.tieuDe;
    root.innerHTML = `<main><h1>${a.tieuDe}</h1><p class="ngay">Ngày đăng: ${a.ngay}</p><div class="noi-dung">${a.noiDung}</div></main>`;
  });
} else {
  fetch(%(list)s).then(r => r.json()).then(all => {
    root.innerHTML = '<h2>Tin tức</h2><ul>' + all.items.map(a => `<li><a href="/bai-viet/${a.id}">${a.tieuDe}</a> <span>${a.ngay}</span></li>`).join('') + '</ul>';
  });
}
"""


def title_of(number: int) -> str:
    return f"Hội nghị tổng kết công tác năm lần thứ {number} của phường"


@dataclass
class Spa:
    """`bundle`: the script is a file that names its data; else it stands in the page. `hidden`: the data's address cannot be
    read off the script, only a browser finds it. `linked`: its list gives addresses for people as well. `parts`: it comes in parts of four. `other`: its articles are
    asked elsewhere. `extra` script runs before the rest."""

    bundle: bool = True
    hidden: bool = False
    linked: bool = False
    parts: bool = False
    other: bool = False
    count: int = 5
    extra: str = ""
    robots: str = ""
    name: str = "spa"
    platform: str = ""
    replies: Mapping[str, Reply] = field(default_factory=dict)

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        if target in self.replies:
            return self.replies[target]
        if target == "/robots.txt" and self.robots:
            return Reply(self.robots.encode(), headers=(("Content-Type", "text/plain"),))
        if target == "/static/main.js":
            return Reply(self._script().encode(), headers=_SCRIPT)
        path, _, query = target.partition("?page=")
        if path == "/api/bai-viet":
            items = [self._item(number) for number in range(self.count, 0, -1)]
            about = {"items": items}
            if self.parts:
                number = int(query or 1)
                about = {"items": items[4 * number - 4 : 4 * number], "totalPages": -(-self.count // 4)}
            return Reply(json.dumps(about).encode(), headers=_JSON)
        number = target.rpartition("/")[2]
        known = number.isdigit() and 1 <= int(number) <= self.count
        if target.startswith("/api/bai-viet/") and known and not self.other:
            body = "".join(f"<p>{_TEXT} Đoạn {n} của bài {number}.</p>" for n in range(1, 5))
            item = {**self._item(int(number)), "noiDung": body, "duongDan": f"/bai-viet/{number}"}
            return Reply(json.dumps(item).encode(), headers=_JSON)
        if target == "/" or (target.startswith("/bai-viet/") and known):
            script = '<script src="/static/main.js"></script>' if self.bundle else f"<script>{self._script()}</script>"
            return Reply(
                '<html><head><meta charset="utf-8"><title>Cổng thông tin</title></head><body><noscript>You need to enable '
                f'JavaScript</noscript><div id="root"></div>{script}</body></html>'.encode()
            )
        return Reply(b"not here", 404)

    def gold(self, night: int) -> Sequence[Gold]:
        return ()

    def _item(self, number: int) -> dict[str, object]:
        return {**({"url": f"/bai-viet/{number}"} if self.linked else {}), "id": number, "tieuDe": title_of(number), "ngayDang": f"2026-10-{number:02}T08:00:00+07:00",
                "ngay": f"{number:02}/10/2026"}  # fmt: skip

    def _script(self) -> str:
        api = "/api/bai-viet"
        listed = f"'{api}?page=' + (window.part || 1)" if self.parts else f"'{api}'"
        named = "['', 'api', 'bai' + '-viet'].join('/')" if self.hidden else listed
        draw = _DRAW % {"api": api, "list": named}
        return self.extra + (draw.replace(f"'{api}'", named) if self.hidden else draw)
