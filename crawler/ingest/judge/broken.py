"""Pages that are no content at all, though they came with status 200: errors, closures, logins, hijacked pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler import platforms
from crawler.ingest.judge.case import (
    SHORT,
    SLIGHT,
    Case,
    estranged,
    headline_sighted,
    letters,
    named_by_a_list,
    sign_of,
    signs_in,
    tells,
)
from storage.records import Portal
from storage.text import fold

_VOTES = re.compile(r"\d\s?%|phiếu")
_HOME = re.compile(
    r"^/?$|^(?:.*/)?(?:index|default|home|trang-?chu|main)(?:\.(?:html?|aspx?|php|jsp|htx))?/?$", re.IGNORECASE
)
_PRINT = re.compile(
    r"/(?:print|savefile|in-bai|printitem|print\.aspx)(?:/|\.|$)|[?&](?:print|printable|in)=(?:1|true|yes)|tmpl=component|p_p_mode=print",
    re.IGNORECASE,
)
_TOPICS = frozenset({"blocked", "closed", "login", "maintenance", "moved"})
"""Signs that are news as well: a portal reports that a system rests or is attacked, and announces its own end."""

_PROMOTED = 4
"""Words of gambling advertisement that make a page one, where nobody warns of it; fewer where lists name another text."""

_VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")


def broken(case: Case) -> str:
    """Hijacked pages; error, maintenance, closure and block pages; and others that stand where an article stood."""
    strange = estranged(case)
    if _hijacked(case, strange=strange):
        return "hijacked"
    length = letters(case.blocks)
    # In a long text of its own such words are news about a website, and so they are in a headline that a list announced.
    if length >= 2 * SHORT or (not strange and named_by_a_list(case)):
        return ""
    texts = [case.title, case.doc_title]
    texts += [block.text for block in case.blocks[:3]] + list(case.first[:4]) if length < SHORT else []
    found = next(filter(None, (sign_of(fold(text)[:300], "text") for text in texts)), "")
    if found and not (found in _TOPICS and tells(case) and not strange):
        return found
    gone = strange and length < SHORT and not case.attachments and not tells(case)
    return "soft-404" if gone else ""


def _hijacked(case: Case, *, strange: bool) -> bool:
    """Advertisement of gambling, or a foreign text in an article's place; news of the police about it is neither."""
    text = " ".join((case.title, case.doc_title, *case.first, *(block.text for block in case.blocks)))
    if strange and len(text) >= SLIGHT and len(_VIETNAMESE.findall(text.lower())) < 0.01 * len(text):
        return True
    promoted, least = signs_in(text, "promotion"), _PROMOTED - strange
    return promoted >= least and promoted - (0 if strange else 2 * signs_in(text, "warning")) >= least


def a_tool(case: Case) -> str:
    """A print view, the home page, a login, a search or a poll."""
    target = _target(case.url)
    platform = platforms.find(case.portal.platform)
    if _PRINT.search(target):
        return "print-copy"
    if platform is not None and platform.is_refused(target) and not headline_sighted(case):
        return "refused-address"
    if _is_home(case.url, case.portal):
        return "home"
    sign = sign_of(fold(case.title).strip(" .:"), "title")
    if sign == "login" or ("password" in case.fields and letters(case.blocks) < SHORT):
        return "login"
    if sign == "search" and not headline_sighted(case):
        return "search"
    body = " ".join(block.text for block in case.blocks)
    if case.title.endswith("?") and len(body) < SLIGHT and len(_VOTES.findall(body)) >= 2:
        return "poll"
    return ""


def no_article_at(url: str, portal: Portal) -> bool:
    """Whether no page at this address is an article, whatever it shows: print views and the home page are none."""
    return _PRINT.search(_target(url)) is not None or _is_home(url, portal)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _is_home(url: str, portal: Portal) -> bool:
    parts = urlsplit(url)
    return not parts.query and _HOME.match(parts.path.removeprefix(portal.scope.rstrip("/"))) is not None


def empty(case: Case) -> str:
    """No headline, or nothing below it."""
    if not case.title:
        return "no-title"
    text = letters(block for block in case.blocks if block.linked < 0.8)
    if text < 2 and not case.attachments and not case.images:
        return "empty"
    return "empty" if _is_picture(case) else ""


def _is_picture(case: Case) -> bool:
    """Whether the page shows one picture under its file's name, as systems make one for each that is uploaded."""
    named = " " not in case.title.strip() and fold(case.title) in urlsplit(case.url).path.lower()
    return named and case.images == 1 and not case.attachments and all(block.kind == "caption" for block in case.blocks)
