"""Parts of pages that were met before: the flow is the same as if each page had been walked alone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bench.growing import Growing
from bench.worlds.design import FLAVOURS
from crawler.ingest.decoding import parse
from crawler.ingest.flow import Flow, Line, Node
from crawler.ingest.pages import open_page
from crawler.ingest.recall import Spot
from crawler.ingest.walk import read_flow


def shown(tree: Any, flow: Flow) -> Iterator[tuple[Any, ...]]:
    """All that a flow holds, elements by their paths."""
    paths = etree.ElementTree(tree)

    def path(element: Any) -> str:
        return "" if element is None else paths.getpath(element)

    def block(node: Node) -> tuple[Any, ...]:
        return path(node.element), node.start, node.end

    for element, node in flow.nodes.items():
        above = path(node.parent.element) if node.parent else ""
        yield (path(element), *block(node), node.tag, node.index, node.depth, node.place, node.id, node.classes, above,
               [path(child.element) for child in node.children], node.tags)  # fmt: skip
    for line in flow.lines:
        yield (line.number, line.text, block(line.node), line.breaks, line.linked, line.bold, line.italic, line.align,
               line.after_image, line.beside_image, path(line.row), path(line.cell), line.item, line.heading, line.mark,
               line.hrefs, line.seamed, line.folded, line.key)  # fmt: skip
    for picture in flow.pictures:
        yield picture.src, picture.alt, picture.title, picture.at, picture.width, picture.height, block(picture.node)
    for link in flow.anchors:
        yield link.href, link.raw, link.at, block(link.node), link.embed, link.hint, link.offered
    for kind, node in flow.fields:
        yield kind, block(node)
    yield tuple(flow.of_lines("length", None, lambda line: len(line.text)))
    yield tuple(flow.of_anchors("address", None, lambda link: link.href))
    yield tuple(path(node.element) for node in flow.of_nodes("boxes", lambda node: node.tag in ("div", "td")))
    yield block(flow.root), flow.names


def differences(pages: Iterable[bytes]) -> list[tuple[Any, Any]]:
    """Where the flows of pages that are opened one after another differ from those of pages opened alone."""
    met, found = Spot(), []
    for page in pages:
        together, alone = open_page(page, "utf-8", met), open_page(page, "utf-8")
        pairs = zip(shown(together.tree, together.flow), shown(alone.tree, alone.flow), strict=True)
        found += [pair for pair in pairs if pair[0] != pair[1]]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("flavour", sorted(FLAVOURS)[::4])
def test_flow_when_pages_of_a_portal_are_opened_one_after_another_then_as_when_alone(flavour: str) -> None:
    portal = Growing(flavour, 3)
    addresses = ["/", *map(portal.address, portal.stories[:6]), "/tin", *map(portal.address, portal.stories[:3])]

    assert differences(portal.reply(address, {}, night=2, hit=1).body for address in addresses) == []


INNER = (
    "<p>Thông báo số 1</p>", "chữ trần", "<br>", '<img src="/a.jpg" width="300">', '<a href="/b">Một liên kết dài</a>',
    '<table><tr><td>Họ tên</td><td><b>An</b></td></tr><tr><td colspan="2">Chung</td></tr></table>', "<h2>Tiêu đề</h2>",
    '<input type="text">', "<script>x()</script>", '<span class="d">12/10/2025</span>', "<li>mục</li>",
    '<iframe src="/f.pdf"></iframe>', '<center>giữa</center>', '<p style="text-align:right">phải</p>',
)  # fmt: skip
parts = st.recursive(
    st.sampled_from(INNER),
    lambda inner: st.builds(
        lambda tag, name, children: f'<{tag} class="{name}">{"".join(children)}</{tag.split()[0]}>',
        st.sampled_from(("div", "ul", "td", "tr", "table", "b", 'a href="/c"', "section", "center", "i")),
        st.sampled_from(("", "box", "d-none", "text-center")),
        st.lists(inner, max_size=5),
    ),
    max_leaves=12,
)


@given(
    shared=st.lists(parts, min_size=1, max_size=3),
    own=st.lists(parts, max_size=3),
    outer=st.sampled_from(("div", "td", "b")),
)
def test_flow_when_any_parts_come_again_then_as_when_alone(shared: list[str], own: list[str], outer: str) -> None:
    menu = "".join(f"<div>{part}<ul><li>Một</li><li>Hai</li><li>Ba</li><li>Bốn</li></ul></div>" for part in shared)
    pages = [f"<body>{one}<{outer}>{menu}</{outer}>{one}</body>".encode() for one in ("", "", *own, *own)]

    assert differences(pages) == []


def test_part_when_it_comes_a_fourth_time_then_is_not_walked_again() -> None:
    menu = "".join(f'<li><a href="/m/{number}">Mục số {number} của trang</a></li>' for number in range(40))
    met = Spot()
    flows = [
        read_flow(parse(f"<body><p>Bài {page}</p><div><ul>{menu}</ul></div></body>".encode(), "utf-8"), met)
        for page in range(4)
    ]

    kept = [spot for spot in _all(met) if spot.parts]
    assert len(kept) == 1 and kept[0].missed == 0, "the outermost box that came again, found on the fourth page"
    assert [line.text for line in flows[3].lines[1:]] == [line.text for line in flows[0].lines[1:]]


def test_lines_of_a_part_when_asked_on_another_ground_then_are_asked_again() -> None:
    menu = "".join(f"<p>Mục số {number} của trang</p>" for number in range(9))
    pages = [f"<body><p>Bài {page}</p><div>{menu}</div></body>".encode() for page in range(6)]
    met, asked = Spot(), list[str]()
    flows = [read_flow(parse(page, "utf-8"), met) for page in pages]

    def known(flow: Flow, word: str) -> Sequence[bool]:
        def tell(line: Line) -> bool:
            asked.append(line.text)
            return word in line.text

        return flow.of_lines("known", word, tell)

    assert [known(flow, "số 3").index(True) for flow in flows[4:]] == [4, 4]
    assert len(asked) == 9 + 2, "the part's lines once, and each page's own"
    assert [known(flow, "số 4").index(True) for flow in flows[4:]] == [5, 5]


def test_page_when_asked_a_second_time_then_says_what_it_said_and_is_asked_anew_on_another_ground() -> None:
    flow = open_page(b"<body><p class=a><a href=x>Trang</a></p><p>Hai ba</p></body>", "utf-8").flow
    asked = list[object]()

    def tell(one: object) -> bool:
        asked.append(one)
        return True

    for _ in range(2):
        assert flow.of_lines("lines", "a", tell) == [True, True]
        assert flow.of_anchors("links", "a", tell) == [True]
        blocks = flow.of_nodes("blocks", tell)
    assert asked == [*flow.lines, *flow.anchors, *blocks]

    flow.of_lines("lines", "b", tell)
    assert asked[-2:] == flow.lines


def test_page_when_nobody_needs_it_any_more_then_is_gone_at_once() -> None:
    page = open_page(b"<body><div><p>M\xe1\xbb\x99t</p></div></body>", "utf-8")
    block = weakref.ref(page.flow.lines[0].node.element)
    gc.disable()
    try:
        del page
        assert block() is None, "else its tree waits for the search for garbage"
    finally:
        gc.enable()


def _all(spot: Spot) -> Iterator[Spot]:
    yield spot
    for inner in spot.inner.values():
        yield from _all(inner)
