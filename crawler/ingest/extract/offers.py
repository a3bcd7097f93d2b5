"""Which link or embedded frame offers a document, and where that document is."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from crawler.ingest.flow import Anchor
from crawler.links.keys import absolute, ask_form
from storage.text import fold

_KINDS = r"pdf|docx?|docm|xlsx?|xlsm|pptx?|odt|ods|odp|rtf|zip|rar|7z"
_FILE = re.compile(
    rf"\.(?:{_KINDS})(?=$|[/?#&])"
    r"|/(?:download|attachments?|getfile|downloadfile|taifile|taive|tai-ve|tai-file|dinhkem)(?:\.\w+)?(?=$|[/?])"
    r"|[?&](?:download|attachment|fileid|file|dinhkem|filename)=",
    re.IGNORECASE,
)
# Stores that offices use because their own system takes no large files; a form or a map there is no document.
_SHARED = re.compile(
    r"^(?:https?:)?//(?:drive\.google\.com/(?:a/[\w.]+/)?(?:file/|open\?|uc\?|drive/(?:u/\d/)?folders/)"
    r"|docs\.google\.com/(?:document|spreadsheets|presentation)/(?:u/\d/)?d/|(?:www\.)?dropbox\.com/(?:s|sh|scl)/|1drv\.ms/"
    r"|onedrive\.live\.com/|[\w-]+\.sharepoint\.com/:|(?:www\.)?(?:mediafire\.com|fshare\.vn)/(?:file|folder)/)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"[^\s/]\.(?:{_KINDS}|png|jpe?g)\s*(?:[(\[]?\s*[\d.,]+\s*(?:bytes?|[kmg]b)\s*[)\]]?)?$", re.IGNORECASE
)
_SAID = re.compile(r"^(?:tai (?:ve|xuong|file|tep|tai lieu|van ban|toan van)|download)\b.{0,24}$")
_PAGE = re.compile(r"(?:\.(?:html?|htx|aspx?|php|jsp)|/)$", re.IGNORECASE)
_VIEWER = re.compile(r"viewer|gview|/op/(?:embed|view)\.aspx", re.IGNORECASE)
_VIEWER_KEYS = ("url", "file", "src", "document", "pdf", "link", "doc")


def is_file(href: str) -> bool:
    """Whether a link leads to a document rather than a page, by its address."""
    return bool(href) and (_FILE.search(href) is not None or _SHARED.match(href) is not None)


def offers(anchor: Anchor) -> bool:
    """Whether link or frame offers a document: by its address, its markup, its icon or its words.

    A frame must show one: by its address, or with a viewer's.
    """
    href = anchor.href.strip()
    if not href or href.startswith("#") or href[:11].lower().startswith(("javascript:", "mailto:", "tel:", "data:")):
        return False
    if is_file(href) or anchor.offered or _viewed(href):
        return True
    if anchor.embed:
        return False
    text = anchor.text
    if len(text) <= 160 and _NAMED.search(text):
        return not _PAGE.search(href)
    return len(text) <= 40 and _SAID.match(fold(text)) is not None and not _PAGE.search(href)


def target(anchor: Anchor, base: str) -> str:
    """The document's address, escaped, taken out of a viewer's where one shows it; empty if nothing is offered."""
    if not offers(anchor):
        return ""
    href = anchor.href.strip()
    shown = _viewed(href)
    viewer = absolute(href, base) or ""
    found = absolute(shown, viewer) if shown and viewer else viewer
    return ask_form(found, found) if found else ""


def _viewed(href: str) -> str:
    """The address of the document that a viewer's address names in a parameter or behind `#`; empty if there is none."""
    if not _VIEWER.search(href):
        return ""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    for key, value in parse_qsl(parts.query):
        if key.lower() in _VIEWER_KEYS and is_file(value):
            return value
    return parts.fragment if is_file(parts.fragment) else ""
