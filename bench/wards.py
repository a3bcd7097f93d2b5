"""As many small portals as the country has wards, on loopback addresses of their own, behind one listening socket.

Each publishes twelve articles before the first night, and one or two more before each night that follows. A third of them
send validators, half have a feed. The pages are those of `bench.worlds`, 10 to 40 KB. Linux answers on all of 127.0.0.0/8.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from bench.worlds.article import article
from bench.worlds.design import FLAVOURS
from bench.worlds.sample import Built
from bench.worlds.world import lay_out, list_page
from phuongchi.demo.furniture import styles
from phuongchi.demo.site import Reply
from tests.unseen.furniture import PROCEDURES
from tests.unseen.model import Story, esc

FIRST = 12
"""Articles of the first night."""

PER_BLOCK = 250
"""Portals in one block of 256 addresses."""

_ON_A_LIST = 12
_XML = (("Content-Type", "application/rss+xml; charset=utf-8"),)


def address(number: int) -> str:
    """The address of the portal with this number, from 0."""
    return f"127.0.{1 + number // PER_BLOCK}.{1 + number % PER_BLOCK}"


def number_of(address: str) -> int:
    """The number of the portal at an address."""
    *_, block, place = map(int, address.split("."))
    return (block - 1) * PER_BLOCK + place - 1


@lru_cache(maxsize=64)
def _built(number: int) -> tuple[Built, tuple[Story, ...]]:
    built = lay_out(list(FLAVOURS)[number % len(FLAVOURS)], 10_000 + number)
    return built, tuple(story for _, story in reversed(built.rows))


@lru_cache(maxsize=2_000)
def _page(number: int, path: str) -> str:
    built, _ = _built(number)
    for sort, story in built.rows:
        if built.address(story) == path:
            return article(built, sort, story).body.decode()
    raise KeyError(path)


def published(number: int, night: int) -> tuple[Story, ...]:
    """The articles that a portal shows on a night, oldest first."""
    _, stories = _built(number)
    return stories[: FIRST + (night - 1) * (1 + number % 2)]


def reply(number: int, target: str, asked: str, *, night: int) -> Reply:
    """What the portal with this number answers; `asked` is the If-None-Match header of the request."""
    built, stories = _built(number)
    shown = published(number, night)
    if target == "/robots.txt":
        return Reply(b"User-agent: *\nDisallow: /quan-tri/\n", headers=(("Content-Type", "text/plain"),))
    if target == "/rss.xml" and number % 2:
        return Reply(_feed(number, shown).encode(), headers=_XML)
    paths = {built.address(story) for story in shown}
    if target in paths:
        page = _without(_page(number, target), stories[len(shown) :], built)
        return _validated(number, _dressed(number, page), asked)
    if target.rpartition(".")[2] in ("pdf", "docx", "xlsx", "doc", "zip"):
        return Reply(b"%PDF-1.4\n%%EOF\n", headers=(("Content-Type", "application/pdf"),))
    section = next((name for n, name in enumerate(built.sections, 1) if target == f"/muc-{n}"), "")
    if target != "/" and not section:
        return Reply(b"<html><body>404</body></html>", 404)
    held = [story for story in shown[::-1] if not section or story.section == section][:_ON_A_LIST]
    body = list_page(built, target, section or "Trang chủ", held, night).body.decode()
    head = '<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head>' if number % 2 else "</head>"
    page = _without(body, stories[len(shown) :], built).replace("</head>", head, 1)
    return Reply(_dressed(number, page).encode())


def _without(page: str, stories: Sequence[Story], built: Built) -> str:
    """A page without links to what is not published yet."""
    for story in stories:
        for written in (built.address(story), esc(built.address(story))):
            page = page.replace(f'href="{written}"', 'href="#"')
    return page


@lru_cache(maxsize=64)
def _dress(number: int) -> tuple[str, str]:
    """What a portal's pages have beside their words: rules of style, and a menu that leads to other offices."""
    draw = random.Random(number)
    rows = [
        f'<li class="nav-item lv{draw.randrange(2, 5)}"><a class="nav-link dropdown-item" target="_blank" title="{name}" '
        f'href="https://dichvucong.invalid/thu-tuc/{place}"><span class="txt">{place}. {name}</span></a></li>'
        for place, name in enumerate(PROCEDURES * 10)
    ]
    return styles(f"ward{number}", draw.randrange(5, 30)), "".join(rows[: draw.randrange(10, 70)])


def _dressed(number: int, page: str) -> str:
    style, menu = _dress(number)
    page = page.replace('href="/tthc', 'href="https://dichvucong.invalid/tthc')
    return page.replace("</head>", f"{style}</head>", 1).replace("</body>", f"<ul class='mega'>{menu}</ul></body>", 1)


def _validated(number: int, page: str, asked: str) -> Reply:
    body = page.encode()
    if number % 3:
        return Reply(body)
    tag = f'"{sha256(body).hexdigest()[:16]}"'
    head = (("Content-Type", "text/html; charset=utf-8"), ("ETag", tag))
    return Reply(b"", 304, head) if asked == tag else Reply(body, headers=head)


def _feed(number: int, shown: Sequence[Story]) -> str:
    built, _ = _built(number)
    items = "".join(
        f"<item><title>{esc(story.title)}</title><link>{esc(built.address(story))}</link>"
        f"<pubDate>{format_datetime(story.when)}</pubDate></item>"
        for story in shown[::-1]
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{built.design.site}</title>{items}</channel></rss>'


class Nation:
    """The server of all portals. `night` moves the world on."""

    def __init__(self) -> None:
        self.night = 1

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; only what came over loopback."""
        here = writer.get_extra_info("sockname")[0]
        try:
            while here.startswith("127.") and (line := await reader.readline()):
                asked = ""
                while (header := await reader.readline()).strip():
                    name, _, value = header.decode("latin-1").partition(":")
                    asked = value.strip() if name.lower() == "if-none-match" else asked
                target = line.decode("latin-1").split()[1]
                writer.write(_written(reply(number_of(here), target, asked, night=self.night)))
                await writer.drain()
        except (ConnectionError, IndexError):
            pass
        finally:
            writer.close()


def _written(answer: Reply) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    return f"HTTP/1.1 {answer.status} -\r\n{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body


async def main(count: int) -> None:
    """Serve so many portals; print their addresses in one line; a number on stdin is the night that begins."""
    nation = Nation()
    server = await asyncio.start_server(nation.answer, "0.0.0.0", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    print(*(f"http://{address(number)}:{port}/" for number in range(count)), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        nation.night = int(line)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
