"""Which section of its portal a page names: its claim, the way from the home page to it, or the heading above its headline.

A row of links with "Trang chủ" in it is more often a menu than a way; it counts as one only by a sign of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from crawler.ingest.extract.knowledge import Knowledge, selected
from crawler.ingest.extract.posted import posted_in
from crawler.ingest.extract.sense import Sense
from crawler.ingest.flow import Anchor, Flow, Line, Node, masked
from storage.text import fold, normalise

_HOME = frozenset(("trang chu", "home", "trang nhat", "trang chinh", "homepage"))
_MENU_WORDS = frozenset(
    (
        "lien he",
        "dang nhap",
        "so do cong",
        "so do trang",
        "sitemap",
        "site map",
        "rss",
        "english",
        "tieng viet",
        "gop y",
    )
)
_NOTHING = frozenset(("chuyen muc", "danh muc", "ban dang o", "you are here", "chi tiet", "noi dung", "xem chi tiet"))
_CRUMB_NAME = re.compile(
    r"crumb|pathway|site-?map-?path|duong-?dan|dieu-?huong|nav-?path|you-?are-?here", re.IGNORECASE
)
_NUMBER = re.compile(r"^\d{1,2}\s*[.)]\s*(?=\D)")
_ARROWS = re.compile(r"[»›→⟩>\\/]")
_BETWEEN = re.compile(r"\s*[»›→⟩>|]\s*|\s+/\s+")
_LABELLED = re.compile(r"^(?:chuyên mục|danh mục|thể loại|mục)\s*:\s*(?=\w)", re.IGNORECASE)
_EDGE = " »›>→/\\|:-–•"
_STEPS = 5
"""Links of a way from the home page; more are a menu."""
_LONGEST = 60
"""Characters of a section's name."""
_TITLE_LIKE = 25
"""Characters from which a last step that opens the headline is the headline cut short, not a section."""
_SITE_WORDS = ("cong thong tin", "trang thong tin", "uy ban nhan dan", "ubnd", "website")


@dataclass(frozen=True, slots=True)
class _Way:
    """The steps from the home page (without it and without the page itself), and whether it surely is one."""

    steps: tuple[str, ...]
    sure: bool


def find_category(
    sense: Sense, title: Line | None, headline: str, url: str, known: Knowledge, claim: str, last: int
) -> str:
    """The section's name as printed, empty if the page names none. `claim` is what its meta elements say, `last` the last
    line of the text.
    """
    if claim or title is None:
        return claim
    way = _way(sense.flow, title, headline, url, known)
    if way is not None and way.sure and way.steps:
        return way.steps[-1]
    for name in (*_in_its_place(sense.flow, known), *posted_in(sense.flow, title, last, known)):
        if _is_name(name, known) and _bare(name) not in _HOME and not _is_headline(name, headline):
            return name
    label = _label(sense, title, headline, known)
    return label or (way.steps[-1] if way is not None and way.steps else "")


def _in_its_place(flow: Flow, known: Knowledge) -> tuple[str, ...]:
    """What stands where the platform shows an article's section, if it is one link; of several none is the section."""
    nodes = selected(flow.root.element, flow, known.platform.get("section", ()))
    lines = {line.number: line for node in nodes for line in flow.lines[node.start : node.end]}
    linked = [line for line in lines.values() if line.hrefs]
    return (linked[0].text,) if len(linked) == 1 and len(linked[0].hrefs) == 1 and linked[0].linked > 0.9 else ()


# The way from the home page


def _way(flow: Flow, title: Line, headline: str, url: str, known: Knowledge) -> _Way | None:
    for node in _named(flow, title.number):
        steps = _steps(flow, node, headline, known)
        if steps:
            return _Way(steps, sure=True)
    called = flow.of_anchors("home", None, _leads_home)
    homes = [anchor for anchor, home in zip(flow.anchors, called, strict=True) if home and anchor.at < title.number]
    for home in reversed(homes):
        node = _row(flow, home)
        links = _links(flow, node)
        if not links or len(links) > _STEPS or links[0] is not home:
            continue
        steps = _steps(flow, node, headline, known)
        if _proven(flow, node, links, headline, url):
            return _Way(steps, sure=True)
        if len(steps) <= 2 and _right_above(flow, node, title) and not _looks_like_menu(flow, node, steps):
            return _Way(steps, sure=False)
    return None


def _named(flow: Flow, title: int) -> Iterator[Node]:
    """Containers before the headline that say of themselves that they are the way to the page, the nearest first."""
    return reversed([node for node in flow.of_nodes("way", _is_named_way) if node.start < title])


def _is_named_way(node: Node) -> bool:
    if not 0 < node.end - node.start <= _STEPS + 2:
        return False
    get = node.element.get
    return _says_way(*node.classes, node.id, get("aria-label"), get("itemtype"))


@lru_cache(maxsize=4096)
def _says_way(*names: str | None) -> bool:
    return any(name is not None and _CRUMB_NAME.search(name) for name in names)


def _leads_home(anchor: Anchor) -> bool:
    return _names_home(anchor.raw)


@lru_cache(maxsize=4096)
def _names_home(raw: str) -> bool:
    return _bare(normalise(raw)) in _HOME


def _row(flow: Flow, home: Anchor) -> Node:
    """The smallest container of the link that holds another link or other text as well."""
    node = flow.lines[home.at].node
    while node.parent is not None and node.parent.tag != "body" and node.end - node.start == 1:
        line = flow.lines[node.start]
        if len(_links(flow, node)) > 1 or line.linked < 0.9:
            break
        node = node.parent
    return node


def _links(flow: Flow, node: Node) -> list[Anchor]:
    start, end = node.start, node.end
    return [anchor for anchor in flow.anchors if start <= anchor.at < end and not anchor.embed and anchor.text]


def _bare(text: str) -> str:
    return _NUMBER.sub("", fold(text)).strip(_EDGE)


def _steps(flow: Flow, node: Node, headline: str, known: Knowledge) -> tuple[str, ...]:
    """The names of the links and what stands unlinked behind the last of them, without home and the page itself."""
    texts = [anchor.text for anchor in _links(flow, node)]
    rest = " / ".join(line.text for line in flow.lines[node.start : node.end])
    for text in texts:
        _, _, rest = rest.partition(text)
    texts += _BETWEEN.split(rest.replace(headline, " "))
    found = []
    for text in texts:
        name = _NUMBER.sub("", text.strip(_EDGE)).strip(_EDGE)
        if _is_name(name, known) and _bare(name) not in _HOME and not _is_headline(name, headline):
            found.append(name)
    return tuple(found)


def _is_name(text: str, known: Knowledge) -> bool:
    """Whether a text may name a section: words, not a number, a date or known furniture."""
    if not 2 <= len(text) <= _LONGEST or not any(char.isalpha() for char in text) or fold(text) in _NOTHING:
        return False
    return not known.dated(text) and not known.noise(text)


def _is_headline(step: str, headline: str) -> bool:
    """Whether a step is the page itself, whole or cut short: `Thông báo` before `Thông báo về việc …` is a section."""
    key, title = fold(step), fold(headline)
    cut = key.rstrip(". …")
    return key == title or (title.startswith(cut) and (len(cut) >= _TITLE_LIKE or key != cut))


def _proven(flow: Flow, node: Node, links: Sequence[Anchor], headline: str, url: str) -> bool:
    """Whether the row shows that its links lie behind each other: arrows, numbers, an ordered list, the page itself, or
    addresses each of which goes on from the one before.
    """
    text = " ".join(line.text for line in flow.lines[node.start : node.end])
    for anchor in links:
        text = text.replace(anchor.text, " ", 1)
    if _ARROWS.search(text) or node.tag == "ol" or _NUMBER.match(links[0].text):
        return True
    own = fold(headline)
    if fold(text).strip(_EDGE) == own or (len(links) > 1 and fold(links[-1].text) == own):
        return True
    paths = [_path(urljoin(url, anchor.href)) for anchor in links[1:]] + [_path(url)]
    return len(paths) > 1 and all(
        len(first) > 1 and second.startswith(f"{first}/") for first, second in pairwise(paths)
    )


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/").lower()
    except ValueError:
        return ""


def _right_above(flow: Flow, node: Node, title: Line) -> bool:
    return node.end <= title.number <= node.end + 1


def _looks_like_menu(flow: Flow, node: Node, steps: Sequence[str]) -> bool:
    text = " ".join(line.text for line in flow.lines[node.start : node.end])
    return "|" in text or any(fold(step) in _MENU_WORDS for step in steps)


# The heading above the headline


def _label(sense: Sense, title: Line, headline: str, known: Knowledge) -> str:
    """A short line directly above the headline that heads the box which the headline opens."""
    if not title.number:
        return ""
    lines = sense.flow.lines
    above = lines[title.number - 1]
    text = _LABELLED.sub("", above.text).strip(_EDGE)
    if sense.aside[above.number] or above.folded in _HOME or not _is_name(text, known) or _ARROWS.search(above.text):
        return ""
    if not _heads(above, title) or _crowded(lines, above) or _names_site(sense, above, title, known):
        return ""
    if sense.furniture[above.number] and not any(fold(anchor.text) == fold(text) for anchor in sense.flow.anchors):
        # The same on all pages, and no link leads to a section of that name: the box's own title.
        return ""
    return "" if _is_headline(text, headline) or any(mark in text for mark in "|:;") or text.endswith(".") else text


def _heads(above: Line, title: Line) -> bool:
    """Whether the line stands alone in its part of a container whose next part the headline opens."""
    own, other = title.node.chain(), above.node.chain()
    common = next((node for node in own if any(node is step for step in other)), None)
    if common is None or common.tag in ("body", "html", "tr"):
        return False
    part = next((node for node in reversed(own) if _below(node, common)), None)
    label = next((node for node in reversed(other) if _below(node, common)), None)
    opens = part is None or part.start == title.number
    return opens and (label is None or label.end - label.start == 1)


def _below(node: Node, common: Node) -> bool:
    return node is not common and any(step is common for step in node.chain())


def _crowded(lines: Sequence[Line], above: Line) -> bool:
    """Whether the line is a row of links or one of them."""
    if len(above.hrefs) > 1:
        return True
    before = lines[above.number - 1] if above.number else None
    return before is not None and above.linked > 0.5 and before.linked > 0.5 and before.node.parent is above.node.parent


def _names_site(sense: Sense, above: Line, title: Line, known: Knowledge) -> bool:
    """Whether the line is the site's own name: known as such, said by its words, or printed elsewhere on the page too."""
    if above.key in {masked(name) for name in known.site} or above.key.startswith(_SITE_WORDS):
        return True
    if any(node.holds(above.number) for node in title.node.chain()[1:3]):
        return False  # in the article's own box: a section may be called as the site is
    if above.key in known.layout.site:
        return True
    return sum(line.key == above.key and line.linked < 0.5 for line in sense.flow.lines) > 1
