"""The part that all sample portals share: a table of addresses. How pages look is each portal's own business."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from phuongchi.demo.site import Gold, Reply
from tests.unseen import furniture
from tests.unseen.model import File, Story

Render = Callable[[int], str]
"""A page: what it shows at the n-th request of the night."""

HTML = "text/html; charset=utf-8"
BASE = "http://base.invalid"
"""Stands for the portal's own scheme and host wherever a page, feed or redirect needs an absolute address."""


class Portal:
    """A sample portal. Subclasses fill the table in `build` and draw an unknown address in `missing`."""

    name = ""
    platform = ""
    entry = "/"
    """The address that an operator would write into `portals.toml`."""
    content_type = HTML
    ignores_query = True
    """Whether a query that means nothing (`?utm_source=`) shows the page without it, as most systems do."""
    off_limits: tuple[str, ...] = ()
    """Beginnings of paths that belong to other portals on the same host."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[int], Reply]] = {}
        self.golds: list[Gold] = []
        self.either: set[str] = set()
        self.build()

    # -- for subclasses

    def build(self) -> None:
        raise NotImplementedError

    def missing(self, target: str, hit: int) -> str:
        """What an unknown address shows, with status 404."""
        raise NotImplementedError

    def add(self, target: str, render: Render, *, status: int = 200, tolerated: bool = False) -> None:
        """Show a page at an address (path and query)."""
        self.routes[target] = lambda hit: Reply(
            render(hit).encode(), status, (("Content-Type", self.content_type), ("Cache-Control", "no-cache"))
        )
        if tolerated:
            self.either.add(target)

    def move(self, target: str, to: str, status: int = 301) -> None:
        """Answer with a redirect."""
        headers = (("Content-Type", HTML), ("Location", to))
        self.routes[target] = lambda hit: Reply(f'<a href="{to}">Moved</a>'.encode(), status, headers)

    def data(self, target: str, body: bytes | str, content_type: str) -> None:
        """Answer with something that is no page."""
        raw = body.encode() if isinstance(body, str) else body
        self.routes[target] = lambda hit: Reply(raw, 200, (("Content-Type", content_type),))

    def offer(self, target: str, file: File) -> None:
        """Answer with a document for downloading."""
        if file.name.endswith(".pdf"):
            self.data(target, furniture.pdf(file.name), "application/pdf")
        else:
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            self.data(target, furniture.docx(file.name), kind)

    # -- the protocol of a site

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """Answer one request; pictures, styles and scripts exist wherever a page says so."""
        reply = self._answer(target.partition("#")[0], hit)
        base = "http://" + headers.get("host", "localhost")
        fields = tuple((name, value.replace(BASE, base)) for name, value in reply.headers)
        return Reply(reply.body.replace(BASE.encode(), base.encode()), reply.status, fields)

    def _answer(self, target: str, hit: int) -> Reply:
        path, _, query = target.partition("?")
        for key in (target, unquote(target), *((path, unquote(path)) if self.ignores_query and query else ())):
            if key in self.routes:
                return self.routes[key](hit)
        if re.search(r"\.(jpe?g|png|gif|ico|svg)$", path, re.IGNORECASE):
            return Reply(furniture.GIF, 200, (("Content-Type", "image/gif"),))
        if re.search(r"\.(css|js|axd)$", path, re.IGNORECASE):
            return Reply(b"/* */", 200, (("Content-Type", "text/css" if path.endswith("css") else "text/javascript"),))
        return Reply(self.missing(target, hit).encode(), 404, (("Content-Type", self.content_type),))

    def gold(self, night: int) -> Sequence[Gold]:
        """The articles of the portal; they are the same every night."""
        return self.golds

    def tolerated(self, path: str) -> bool:
        """Whether a fair judge would accept both that this page is an article and that it is none."""
        return path in self.either or unquote(path) in self.either

    def forbidden(self, path: str) -> bool:
        """Whether an address belongs to another portal, so that asking for it at all is a fault."""
        return path.startswith(self.off_limits) if self.off_limits else False


def newest(stories: Sequence[Story], count: int, section: str | None = None) -> list[Story]:
    """The first stories, of one section if given."""
    return [story for story in stories if section in (None, story.section)][:count]


def still(text: str) -> Render:
    """A page that shows the same at every request."""
    return lambda hit: text
