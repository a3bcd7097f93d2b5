"""The one pass over a parsed page that makes its `Flow`. Nothing is judged here beyond what a browser would not show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.ingest.decoding import Element
from crawler.ingest.flow import Anchor, Flow, Line, Node, Picture, names_of
from crawler.ingest.looks import BOLD, DOCUMENT_TYPE, ITALIC, PLAIN, Look, Style, change, look_of, offered
from crawler.ingest.recall import MAKE, WORTH_IT, Before, Spot, key_of, part_of, replay
from crawler.links.documents import NOWHERE, POINTING, embedded, pointed
from storage.text import normalise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th"
    " thead tr ul"
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SKIPPED = _words(
    "script style noscript template svg math canvas head input select button textarea datalist map audio video"
)
_EMBEDS = frozenset(("object", "iframe", "embed"))
_APART = _SKIPPED | _EMBEDS
_STYLED = BOLD | ITALIC | {"a", "img", "center"}
_SETTING = HEADINGS | _words("tr td th table li dd dt")
"""Blocks that change what stands in them whatever their attributes say."""
_CHANGING = _STYLED | _SETTING
_NONE: Mapping[str, str] = {}
_SEAMED = 200
"""Characters of a line that may be one of dates and labels."""
_PADDING = re.compile(r"^[\s\u00a0\u2000-\u200a]*")
_FAR_RIGHT = 20
"""No-break spaces before a line that push it to the right; paragraphs are indented with up to 12."""
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-echo", "src")
_ICON = re.compile(
    r"/(?:icons?|smil(?:ey|ies)|emoticons?)/|(?:^|[/_-])(?:icons?|ico|bullets?|arrow|spacer|blank|pixel|dot|attach(?:ment)?|pdf|word|doc"
    r"|docx|excel|xls|xlsx|zip|rar|new|hot|print(?:er)?|e?mail|calendar|clock|time|eye|views?|share|facebook|fb|zalo|twitter|youtube)"
    r"[-_]?\d{0,3}\.(?:gif|png|svg|jpe?g|webp|ico)(?:$|\?)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")


def read_flow(tree: Element, met: Spot | None = None) -> Flow:
    """The flow of a parsed page. Takes any tree; a page without a body gives no lines.

    `met` is what the walk met on other pages of the portal: it makes the walk shorter, and changes nothing of what it gives.
    """
    body = tree.find("body") if tree.tag == "html" else tree
    return _Walk(tree if body is None else body, met or Spot()).run()


@dataclass(slots=True)
class _Link:
    """An open link, or a box that names a document: it begins in line `line`; `text` is what earlier lines hold of it, `part`
    where the line's own begins. `shown` is the document that a script or an attribute names.
    """

    element: Element
    attributes: Mapping[str, str]
    line: int
    part: int
    text: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the page that is walked to be kept for the next one."""

    node: Node
    spot: Spot
    key: int
    before: Before
    style: Style


class _Walk:
    """The one pass over the tree. State of the line that is being filled, and a stack of inherited styles."""

    def __init__(self, body: Element, met: Spot) -> None:
        self.node = root = Node(body, str(body.tag), None, 0, 0)
        root.id, root.classes = names_of(body.attrib)
        self.lines: list[Line] = []
        self.pictures: list[Picture] = []
        self.anchors: list[Anchor] = []
        self.nodes: dict[Element, Node] = {body: root}
        self.fields: list[tuple[str, Node]] = []
        self.own = [root]
        self.flow = Flow(root, self.lines, self.pictures, self.anchors, self.nodes, self.fields, own=self.own)
        self.spots = [met]
        self.part: _Part | None = None
        self.parts: list[str] = []
        self.seams: list[int] = []
        self.counts = [0, 0, 0, 0]
        self.align = ""
        self.breaks = 0
        self.image_line = -1
        self.marks: list[Element] = []
        self.mark: Element | None = None
        self.hrefs: list[str] = []
        self.links: list[_Link] = []

    def run(self) -> Flow:
        root, body = self.node, self.node.element
        style = Style("", False, False, False, None, None, False, 0)
        if text := body.text:
            self._text(text, style)
        above: list[tuple[Element, str, Style]] = []
        element = body[0] if len(body) else None
        while element is not None or above:
            if element is None:
                element, tag, style = above.pop()
                self._close(tag, element)
            elif isinstance(tag := element.tag, str):
                inside = self._begin(tag, element, style)
                if inside is not None:
                    if text := element.text:
                        self._text(text, inside)
                    if len(element):
                        above.append((element, tag, style))
                        element, style = element[0], inside
                        continue
                    self._close(tag, element)
            else:
                element = element.getnext()  # a comment
                continue
            if text := element.tail:
                self._text(text, style)
            element = element.getnext()
        self._flush()
        root.end = len(self.lines)
        return self.flow

    # Elements

    def _begin(self, tag: str, element: Element, above: Style) -> Style | None:
        """The style of what stands in an element; None if it is not to be walked."""
        attributes = dict(found) if (found := element.items()) else _NONE
        look = look_of(attributes) if attributes else PLAIN
        if tag in _APART or look.unseen or "hidden" in attributes:
            self._apart(tag, element)
            return None
        style = self._open(tag, element, attributes, look, above)
        if self.part is None and tag in BLOCKS and self.spots[-1].promising() and self._recall(style):
            return None
        return style

    def _open(self, tag: str, element: Element, attributes: Mapping[str, str], look: Look, above: Style) -> Style:
        block = tag in BLOCKS
        if not block and self.counts[0]:
            self.seams.append(len(self.parts))
        if not attributes and not block and tag not in _STYLED:
            if tag == "br":
                self._break()
            return above
        # Most blocks look as what they stand in: they share its style.
        style, align = above, attributes.get("align", "")
        if tag in _CHANGING or not look.plain or align:
            style = above.copy()
            change(style, tag, look, align)
        if block:
            self._block(tag, element, attributes, style)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture(attributes)
        elif tag == "a":
            style.link = True
            self.links.append(_Link(element, attributes, len(self.lines), len(self.parts)))
            self.hrefs.append(attributes.get("href", ""))
            if NOWHERE.match(attributes.get("href", "")):
                self.links[-1].shown = pointed(attributes)
        if not attributes:
            return style
        if tag != "a" and not POINTING.isdisjoint(attributes) and (shown := pointed(attributes)):
            style = style.copy()
            style.link = style.link or not block
            self.links.append(_Link(element, attributes, len(self.lines), len(self.parts), shown=shown))
        if not block and "class" in attributes:
            self.marks.append(element)
        return style

    def _block(self, tag: str, element: Element, attributes: Mapping[str, str], style: Style) -> None:
        self._flush()
        self.breaks = 0
        parent = self.node
        index = parent.tags[tag] = parent.tags.get(tag, -1) + 1
        self.node = node = Node(element, tag, parent, index, len(self.lines), parent.depth + 1)
        if attributes:
            node.id, node.classes = names_of(attributes)
        parent.children.append(node)
        self.nodes[element] = node
        self.own.append(node)
        self.spots.append(self.spots[-1].within(tag, index))
        if tag not in _SETTING:
            return
        if tag == "tr":
            style.row, style.cell = element, None
        elif tag in ("td", "th"):
            style.cell, style.item = element, False
        elif tag == "table":
            style.row = style.cell = None
        elif tag in ("li", "dd", "dt"):
            style.item = True
        elif tag in HEADINGS:
            style.heading = int(tag[1])

    def _close(self, tag: str, element: Element) -> None:
        if self.links and self.links[-1].element is element:
            self._link()
        if self.counts[0] and tag not in BLOCKS:
            self.seams.append(len(self.parts))
        if self.marks and self.marks[-1] is element:
            self.marks.pop()
        if tag in BLOCKS and self.node.parent is not None:
            self._flush()
            self._end(self.node.parent)

    def _end(self, parent: Node) -> None:
        """The block ends with the line before."""
        node, spot = self.node, self.spots.pop()
        self.breaks = 0
        node.end = len(self.lines)
        if node.end - node.start >= WORTH_IT:
            spot.note(hash(tuple([line.text for line in self.lines[node.start :]])))
        part = self.part
        if part is not None and part.node is node:
            part.spot.keep(part.key, part_of(self.flow, node, part.before, part.style, self.image_line))
            self.part = None
        self.node = parent

    def _recall(self, style: Style) -> bool:
        """Whether the block that has just begun was met on another page: it then has its lines, and has ended."""
        if self.links or self.marks or self.node.parent is None:
            return False
        spot, start = self.spots[-1], len(self.lines)
        key = key_of(self.node.element, style, after_image=self.image_line == start)
        found = spot.find(key)
        if found is None:
            self.part = _Part(self.node, spot, key, Before.of(self.flow), style)
            return False
        replay(found, self.flow, self.node, style)
        if found.image_line is not None:
            self.image_line = start + found.image_line
        self._end(self.node.parent)
        return True

    def _link(self) -> None:
        link = self.links.pop()
        raw, get = link.text + "".join(self.parts[link.part :]), link.attributes.get
        href, offers = link.shown or get("href", ""), offered(link.element, link.attributes)
        # What says nothing, an icon or an empty box, stands before the next line as a frame does.
        silent = not raw or raw.isspace()
        self.anchors.append(MAKE(Anchor, (href, raw, link.line, self.node, silent, get("title", ""), offers)))

    def _apart(self, tag: str, element: Element) -> None:
        """An element whose inside is not shown: embedded documents and form fields are remembered."""
        here = len(self.lines) + bool(self.counts[0])
        if tag in _EMBEDS:
            if address := embedded(element):
                hint, typed = element.get("title") or "", DOCUMENT_TYPE.match(element.get("type") or "") is not None
                self.anchors.append(Anchor(address, "", here, self.node, embed=True, hint=hint, offered=typed))
        elif tag in ("button", "input") and (shown := pointed(element.attrib)):
            self.anchors.append(Anchor(shown, element.text_content(), here, self.node, embed=True))
        elif tag == "input" and (element.get("type") or "text").lower() in ("text", "password", "search", "email"):
            self.fields.append(((element.get("type") or "text").lower(), self.node))
        elif tag == "textarea":
            self.fields.append((tag, self.node))

    def _picture(self, attributes: Mapping[str, str]) -> None:
        get = attributes.get
        alt = normalise(get("alt", ""))
        if alt and len(alt) <= 3 and _EMOJI.search(alt):
            # An emoji drawn as an image is a character of the text.
            self.parts.append(alt)
            return
        src = next((value for name in _LAZY if (value := get(name, "")) and not value.startswith("data:")), "")
        self._flush()
        width, height = _pixels(get("width")), _pixels(get("height"))
        if not src or 0 < width < 40 or 0 < height < 40 or (not width and _ICON.search(src)):
            return
        self.breaks = max(self.breaks, 1)
        self.image_line = len(self.lines)
        title = normalise(get("title", ""))
        self.pictures.append(Picture(src, alt, title, len(self.lines), width, height, self.node))

    # Text

    def _text(self, text: str, style: Style) -> None:
        if text.isspace():
            # What stands between two blocks is nothing, but for a row of spaces that pushes a line to the right.
            if self.parts or self.links or "\u00a0" in text:
                self.parts.append(text)
            return
        self.parts.append(text)
        solid, counts = len(text.strip()), self.counts
        if not counts[0]:
            self.align = style.align
            self.style = style
            self.mark = self.marks[-1] if self.marks else None
        elif self.mark is not None and (not self.marks or self.marks[-1] is not self.mark):
            self.mark = self._shared()
        counts[0] += solid
        if style.link:
            counts[1] += solid
        if style.bold:
            counts[2] += solid
        if style.italic:
            counts[3] += solid

    def _shared(self) -> Element | None:
        held = list(self.mark.iterancestors()) if self.mark is not None else []
        return next((mark for mark in reversed(self.marks) if mark is self.mark or mark in held), None)

    def _break(self) -> None:
        self._flush()
        self.breaks += 1

    def _flush(self) -> None:
        if not self.parts and not self.hrefs and not self.links:
            return
        if self.counts[0]:
            raw = "".join(self.parts)
            text = normalise(raw)
            if text:
                self._line(raw, text)
        for link in self.links:
            link.text += "".join(self.parts[link.part :]) + " "
            link.part = 0
        self.parts, self.seams = [], []
        self.counts = [0, 0, 0, 0]
        self.hrefs = [link.attributes.get("href", "") for link in self.links] if self.links else []

    def _line(self, raw: str, text: str) -> None:
        total, linked, bold, italic = self.counts
        pad = _PADDING.match(raw) if "\u00a0" in raw else None
        far = pad is not None and pad.group().count("\u00a0") >= _FAR_RIGHT
        style, number = self.style, len(self.lines)
        beside = self.image_line == number
        # By their order: arguments that are named take twice the time of all the rest.
        self.lines.append(
            Line(
                number, text, self.node, self.breaks, linked / total, bold / total, italic / total,
                "right" if far else self.align, beside, beside and self.breaks > 0, style.row, style.cell, style.item,
                style.heading, "" if self.mark is None else _step(self.mark), tuple(self.hrefs),
                self._seamed(text) if self.seams and len(text) <= _SEAMED else "",
            )
        )  # fmt: skip
        self.breaks = 0

    def _seamed(self, text: str) -> str:
        parts = self.parts
        if all(self._is_spaced(seam) for seam in self.seams):
            return ""
        ends = [*self.seams, len(parts)]
        pieces = ("".join(parts[start:end]) for start, end in zip([0, *ends], ends, strict=False))
        found = normalise(" ".join(pieces))
        return "" if found == text else found

    def _is_spaced(self, seam: int) -> bool:
        """Whether the line has a space at a seam anyhow, or ends or begins there."""
        parts = self.parts
        return not 0 < seam < len(parts) or parts[seam][:1].isspace() or parts[seam - 1][-1:].isspace()


def _step(element: Element) -> str:
    names = _DIGITS.sub("0", element.get("class") or "").split()[:1]
    return f"{element.tag}" + "".join(f".{name}" for name in names)


def _pixels(value: str | None) -> int:
    found = _DIGITS.match(value.strip()) if value else None
    return int(found.group()) if found and not (value or "").strip().endswith("%") else 0
