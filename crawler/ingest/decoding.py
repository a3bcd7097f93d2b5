"""Bytes of an HTML page to text and to a tree. The ground under the stages; it judges nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from charset_normalizer import from_bytes
from lxml import etree, html

from crawler.ingest.fonts import mend_fonts
from crawler.links.charsets import ROTTEN, declared, marked
from storage.legacy import mend
from storage.syllables import is_syllable
from storage.text import normalise

Element: TypeAlias = Any
"""An lxml element. lxml ships no types; ours begin where its values are read."""

Telling: TypeAlias = Mapping[str, Sequence[Element]]
"""The elements by which a page tells machines of itself, by tag, each tag's in document order, and as `itemprop` those of any
tag that name a property (`telling`)."""

_TELLING = ("title", "meta", "link", "script", "base", "time", "abbr")

_PROPERTIES = etree.XPath("//*/@itemprop")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Browsers read these labels as their Windows supersets; Python does not. Pages for old fonts declare x-user-defined.
_SUPERSETS = {
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "latin1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "x-user-defined": "windows-1252",
    "x-cp1258": "windows-1258",
    "utf8": "utf-8",
}
_CHARSETS = re.compile(
    r"utf-8|windows-\d+|cp\d+|iso-8859-\d+|koi8-[ru]|gb\w+|big5\w*|shift.jis|euc-\w+|tis-620|macintosh"
)
"""What a page may declare. Python knows codecs that no page means (`utf-7`, `unicode_escape`); UTF-16 shows in the bytes."""
_CLASSES = etree.ElementDefaultClassLookup(element=html.HtmlElement)
"""One class for all elements: lxml.html's own lookup asks Python for each of them, for the sake of forms."""
_SEPARATORS = (" | ", " - ", " – ", " — ", " » ", " :: ", " · ", "|")
_SAMPLE = 65536
_WORDS = re.compile(r"[^\W\d_]+")


def decode(body: bytes, charset: str = "") -> tuple[str, str]:
    """The text of `body` and the charset that read it. `charset` is what the HTTP header declared, if anything.

    A byte order mark wins, then the bytes of UTF-16, then UTF-8, if the bytes are valid, whatever was declared. Else header,
    `meta` and UTF-8 stand against windows-1258 and -1252, and the first whose text holds most Vietnamese words wins; without
    any, detection. Never fails: what cannot be decoded becomes U+FFFD.
    """
    if name := marked(body):
        return body.decode(name, "replace"), name
    try:
        # Long valid UTF-8 is no accident, and servers that declare windows-1252 for it are common.
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    best = max(_candidates(body, charset), default=None, key=lambda found: found[0])
    return (body.decode(best[1], "replace"), best[1]) if best else _detected(body)


def _candidates(body: bytes, charset: str) -> Iterator[tuple[int, str]]:
    """Each charset that may be meant, with how many Vietnamese words it finds in a sample; the declared ones first."""
    sample = body[:_SAMPLE]
    named = list(dict.fromkeys(_declared(body, charset)))
    for name in dict.fromkeys((*named, "windows-1258", "windows-1252")):
        try:
            text = sample.decode(name, "replace")
        except LookupError:
            continue
        words = _vietnamese_words(text)
        if text.count("\ufffd") <= len(text) * ROTTEN and (words or name in named):
            yield words, name


def _vietnamese_words(text: str) -> int:
    # windows-1258 writes a tone as a character of its own; pages for old fonts are Vietnamese only once they are mended.
    words = set(_WORDS.findall(mend(unicodedata.normalize("NFC", text))))
    return sum(is_syllable(word) for word in words if not word.isascii())


def _declared(body: bytes, charset: str) -> Iterator[str]:
    for label in (*declared(body, charset), "utf-8"):
        name = _SUPERSETS.get(label, label)
        if _CHARSETS.fullmatch(name):
            yield name


def _detected(body: bytes) -> tuple[str, str]:
    best = from_bytes(body[:_SAMPLE]).best()
    name = best.encoding if best else "utf-8"
    return body.decode(name, "replace"), name


def parse(body: bytes, charset: str = "") -> Element:
    """The root element of the page, without comments. An empty page gives an empty `html` element."""
    text, name = decode(body, charset)
    # Bytes that were read as what they are need not be made again of what was read.
    return _parsed(text, body if name == "utf-8" and "\ufffd" not in text else None)


def parse_text(text: str) -> Element:
    """The root element of a page that is already text."""
    return _parsed(text, None)


def _parsed(text: str, data: bytes | None) -> Element:
    """The root element; `data` is the text in UTF-8 for who has it."""
    if "\x00" in text if data is None else b"\x00" in data:
        text, data = text.replace("\x00", ""), None
    if found := _XML_DECLARATION.match(text):
        text, data = "\n" * found.group().count("\n") + text[found.end() :], None  # elements keep their lines
    # Parsed from UTF-8 bytes: libxml2 then reads it in one go, and lone surrogates cannot trip it.
    data = text.encode("utf-8", "replace") if data is None else data
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True, collect_ids=False
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = html.document_fromstring(data, parser=parser) if data and not data.isspace() else None
    except etree.ParserError:
        root = None
    if root is None:
        return html.document_fromstring("<html><body></body></html>")
    mend_fonts(root, text, data)
    return root


def telling(tree: Element, body: bytes) -> Telling:
    """What several stages look for in all of a page, looked for once: to go through a tree takes longer than to read it.

    `body` are the bytes that it was parsed from. No element has an attribute whose name they do not hold, which takes a third
    of the time to find out; but in UTF-16 a zero stands beside each letter, and in EBCDIC no letter is itself.
    """
    found: dict[str, list[Element]] = {tag: [] for tag in _TELLING}
    for element in tree.iter(*_TELLING):
        found[element.tag].append(element)
    named = b"itemprop" in body.lower() or b"\0" in body or b"<" not in body
    found["itemprop"] = [value.getparent() for value in _PROPERTIES(tree)] if named else []
    return found


def doc_title(told: Telling) -> str:
    """The text of the `title` element."""
    found = next((element for element in told["title"] if element.getparent() is not None), None)
    return "" if found is None else normalise(found.text_content())


def title_parts(title: str) -> list[str]:
    """A document title cut at every separator."""
    parts = [title]
    for separator in _SEPARATORS:
        parts = [piece for part in parts for piece in part.split(separator)]
    return [part.strip() for part in parts if part.strip()]
