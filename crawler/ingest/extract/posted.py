"""The links by which a page says in which section it was posted: marked as such, behind a label that says so, or a tag that
is a section of the menu as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.ingest.decoding import Element
from crawler.ingest.extract.knowledge import Knowledge
from crawler.ingest.flow import Flow, Line, listed
from storage.text import fold, normalise

_NAMED = re.compile(
    r"(?:^|[-_/\s])(?:categor(?:y|ies)|cat-?links|chuyen-?muc|danh-?muc|the-?loai)(?=$|[-_/\s\d])", re.IGNORECASE
)
_LABEL = re.compile(
    r"(?:^|[\s|•·-])"
    r"(?:(?:dang |thuoc )?(?:trong |vao )?(?:chuyen muc|danh muc|the loai)|dang (?:trong|tai)|posted in|filed under"
    r"|categor(?:y|ies))\s*[:»›-]?\s*$"
)
_TAGS = re.compile(r"(?:^|[\s|•·-])(?:the|tags?|tu khoa)\s*:?\s*$")
_WORDS = ("chuyen muc", "danh muc", "the", "dang t", "posted in", "filed under", "categor", "tag", "tu khoa")
"""One of them is in every line on which a label stands."""
_LINK = 0.8
_ABOVE = 4
"""Lines above the headline among which the section may be named."""
_BELOW = 12
"""Lines behind the text among which it may be."""


def posted_in(flow: Flow, title: Line, last: int, known: Knowledge) -> Iterator[str]:
    """The words of such links round the article, in document order; `last` is the last line of its text.

    Nothing behind a heading of other articles counts, nor in their lists.
    """
    others = listed(flow)
    until = min(last + _BELOW, len(flow.lines))
    over = next((n for n in range(last + 1, until) if known.ends(flow.lines[n].text)), until)
    first = title.number - _ABOVE + 1
    labelled = flow.of_lines("posted", None, _may_label)
    for element in _links(flow, first, over):
        node = flow.node_of(element)
        if node.end < first or node.start >= over or node.start in others:
            continue
        # Few links are marked, or stand on or below a line that may label them.
        marked = _is_marked(element)
        if not marked and not any(labelled[max(node.start - 1, 0) : node.end]):
            continue
        text = normalise(str(element.text_content()))
        if not text or _in_box(flow, node.start, known):
            continue
        before = _before(flow, element, text)
        tag = _TAGS.search(before) is not None and _in_menu(flow, title, element, text)
        if tag or marked or _LABEL.search(before):
            yield text


def _may_label(line: Line) -> bool:
    return any(map(line.folded.__contains__, _WORDS))


def _links(flow: Flow, first: int, over: int) -> Iterator[Element]:
    """The links of the page but for those in blocks that end before line `first` or begin behind line `over`."""
    open_ = [iter(flow.root.element)]
    while open_:
        for element in open_[-1]:
            node = flow.nodes.get(element)
            if node is not None and (node.end < first or node.start >= over):
                continue
            if element.tag == "a":
                yield element
            if len(element):
                open_.append(iter(element))
                break
        else:
            open_.pop()


def _in_box(flow: Flow, number: int, known: Knowledge) -> bool:
    """Whether nothing but links stands between the line and a heading of other articles above it."""
    before = number - 1
    while before > 0 and flow.lines[before].linked >= _LINK:
        before -= 1
    return before >= 0 and known.ends(flow.lines[before].text)


def _in_menu(flow: Flow, title: Line, element: Element, text: str) -> bool:
    """Whether the same words lead to the same address above the headline: that is a section, though it is called a tag."""
    href = element.get("href")
    above = (anchor for anchor in flow.anchors if anchor.at < title.number - _ABOVE and anchor.href == href)
    return any(fold(anchor.text) == fold(text) for anchor in above)


def _is_marked(element: Element) -> bool:
    rel = (element.get("rel") or "").lower().split()
    if "category" in rel or element.get("itemprop") in ("genre", "articleSection"):
        return True
    above = element.getparent()
    names = (element.get("class"), above.get("class") if above is not None else "", element.get("href"))
    return "tag" in rel and any(name and _NAMED.search(name) for name in names)


def _before(flow: Flow, element: Element, text: str) -> str:
    """What stands before the link on its line, or the line before if it is all of its own; folded."""
    node = flow.node_of(element)
    number = next((n for n in range(node.start, node.end) if text in flow.lines[n].text), None)
    if number is None:
        return ""
    before = flow.lines[number].text.partition(text)[0].strip()
    if before or not number:
        return fold(before)
    line = flow.lines[number - 1]
    return line.folded if line.linked < 0.1 and len(line.text) <= 30 else ""
