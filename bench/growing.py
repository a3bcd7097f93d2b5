"""Portals that grow: each publishes part of its articles on the first night and the rest on the second, on large pages.

The pages are those of `bench.worlds`, in a dress as portals wear it: menus of hundreds of links to other offices, inline styles
and scripts, 30 to 150 KB a page.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from bench.worlds.article import article
from bench.worlds.design import FLAVOURS
from bench.worlds.world import lay_out, list_page
from phuongchi.demo.furniture import scripts, styles
from phuongchi.demo.site import Gold, Reply
from tests.unseen.furniture import PROCEDURES
from tests.unseen.model import Story, esc

FIRST = 16
"""Articles of the first night: enough to prove a layout."""

ON_A_LIST = 20


class Growing:
    """One portal of the given layout. `stories` are its articles in the order of publication; `reply` is pure.

    Its pages are of about `kb` thousand bytes each, or, for 0, of a size between 30 and 150 that it draws."""

    platform = ""

    def __init__(self, name: str, seed: int, kb: int = 0) -> None:
        self.name, self._built = name, lay_out(name, seed)
        self.stories = [story for _, story in self._built.rows]
        self._pages = {self._built.address(story): article(self._built, sort, story).body
                       for sort, story in self._built.rows}  # fmt: skip
        draw = random.Random(f"{seed}/{name}/size")
        drawn = draw.randrange(30_000, 150_000)
        self._left = max(0, (1000 * kb or drawn) - max(map(len, self._pages.values())))
        self._menu = "".join(_menu(draw)[: self._left // 500])  # the same on all pages, as a portal's is

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """A list, an article that is published by this night, or 404."""
        shown = self.stories[: FIRST if night == 1 else None]
        path, _, page = target.partition("?page=")
        if path in ("/", "/tin"):
            start = ON_A_LIST * (int(page) - 1 if page.isdigit() else 0)
            held = shown[::-1][start : start + ON_A_LIST]
            body = list_page(self._built, path, "Tin tức", held, hit).body
            return Reply(self._dressed(body, shown, '<a href="/tin?page=2">Trang 2</a>'))
        if target not in {self.address(story) for story in shown}:
            return Reply(b"<html><body>404</body></html>", 404)
        return Reply(self._dressed(self._pages[target], shown, ""))

    def address(self, story: Story) -> str:
        """Where a story stands: path and query."""
        return self._built.address(story)

    def gold(self, night: int) -> Sequence[Gold]:
        """Not asked here: `bench.quality` reads these pages."""
        return ()

    def _dressed(self, page: bytes, shown: Sequence[Story], more: str) -> bytes:
        """The page at its portal's size, without links to what is not published yet."""
        text = page.decode()
        for story in self.stories[len(shown) :]:
            text = text.replace(f'href="{esc(self.address(story))}"', 'href="#"')
        head, end, body = text.partition("</head>")
        body, foot, _ = body.rpartition("</body>")
        code = styles(self.name, self._left // 600) + scripts(self.name, self._left // 1_500, len(shown))
        return f'{head}{code}{end}{body}{more}<div class="mega-menu"><ul class="nav">{self._menu}</ul></div>{foot}'.encode()


def _menu(draw: random.Random) -> list[str]:
    """Links to the pages of other offices, as the menu of a portal has hundreds of them."""
    return [
        f'<li class="nav-item lv{draw.randrange(2, 5)}" style="padding-left:{draw.randrange(5, 30)}px"><a class="nav-link '
        f'dropdown-item" target="_blank" title="{name}" href="https://dichvucong.invalid/thu-tuc/{number}"><span class="txt">'
        f"{number}. {name}</span></a></li>"
        for number, name in enumerate(PROCEDURES * 40)
    ]


def growing_sites(seed: int, kb: int = 0) -> tuple[Growing, ...]:
    """A portal of each layout."""
    return tuple(Growing(name, seed, kb) for name in FLAVOURS)
