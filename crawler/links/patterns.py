"""What an address says before anybody asked for it: its shape, and whether the crawl may go there at all."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from crawler import platforms
from crawler.items import PatternStat, PortalPlan
from crawler.links.keys import host_of, is_noise, page_key, split

__all__ = ["allowed", "document_name", "is_document", "page_key", "record", "shape"]

_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|zip|rar|7z)$", re.IGNORECASE)
_DOCUMENT_PATH = re.compile(
    r"/get_?file\b|/download(?:file|handler|attachment)?\.(?:ashx|aspx|php)$|/download/\d+$|\.(?:pdf|docx?|xlsx?|zip|rar)/[0-9a-f-]{36}$",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"\.(?:jpe?g|jfif|png|gif|svg|webp|bmp|tiff?|ico|mp[34]|m4[av]|avi|wmv|wma|flv|mov|wav|ogg|webm|mkv|css|js|map|json|woff2?|ttf|eot|exe|apk|"
    r"msi|iso|dmg|ics|vcf|swf|psd|cab|bin|xsl|xsd|dtd|axd|asmx|p7s)$",
    re.IGNORECASE,
)
# Certainly no page of its own: tools, doubles, personal corners, endless calendars. Searched in the lower-case `path?query`.
_NOISE = re.compile(
    r"""
    /(?:wp-admin|wp-login|wp-json|wp-includes|xmlrpc\.php|administrator|cdn-cgi|_layouts|_vti_|\.well-known)(?:/|\.|\?|$)
    | /(?:log-?in|log-?out|sign-?in|sign-?up|sign-?out|dang-?nhap|dang-?xuat|dang-?ky|register|quen-mat-khau|forgot-password
        |my-?account|user/password|users?/(?:login|logout|register|lostpass))(?:\.\w+)?(?:/|\?|$)
    | /(?:search|tim-?kiem|tim-kiem-nang-cao|searchresults?|ket-qua-tim-kiem)(?:\.\w+)?(?:/|\?|$)
    | /(?:print|printpdf|printmail|in-bai|in-trang|in-tin|ban-in|savefile|sendmail|send-mail|gui-mail|email-a-friend|gui-email|share)(?:\.\w+)?(?:/|\?|$)
    | /(?:print|printitem|printpage|printview|printnews|inbaiviet|intin|sendmail)\.(?:aspx?|php|html?|jsp)
    | /(?:tags?|tu-khoa|keywords?|the-tag|author|tac-gia)/
    | /(?:rating|vote|voting|captcha|trackback|embed|amp|reply|comments?/feed|comment-page-\d+|instant-rss)/?(?:\?|$)
    | /(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/(?:0?[1-9]|[12]\d|3[01]))?/?(?:page/\d+/?)?(?:\?|$)
    | /(?:calendar|lich)/(?:19|20)?\d\d
    | [?&](?:s|q|search|keyword|keywords|searchword|tukhoa|tu_khoa|query|txtsearch|tag|tags|replytocom|share|like_comment|unapproved|attachment_id)=(?!\d+(?:&|$))(?![^&]*/)
    | [?&](?:print|printable|print_view|in)=(?:1|true|yes|y)\b
    | [?&](?:tmpl=component|format=pdf|format=raw|output=pdf|mobile=(?:1|yes)|amp=1|doprint|printmode|display=print)
    | [?&](?:action|act|do|task|op|mode|cmd|view)=(?:edit|login|logout|register|print|print_?\w*|send_?mail|search|share|lostpassword|add|reply|rss_?comments?)\b
    | [?&]p_p_state=(?:pop_up|exclusive) | [?&]p_p_mode=(?:print|edit) | [?&]p_p_lifecycle=1
    | [?&](?:ngay|ngayxem|date|day|tungay|denngay|fromdate|todate|cal_?date|m)=(?:\d{1,4}[-/.%]|\d{6,8}\b)
    | [?&](?:year|nam|y)=\d{4}&(?:.*&)?(?:month|thang|m)=\d | [?&](?:month|thang|m)=\d{1,2}&(?:.*&)?(?:year|nam|y)=\d{4}
    | __dopostback
    """,
    re.VERBOSE,
)
_MAX_LENGTH, _MAX_SEGMENTS, _MAX_SAME, _MAX_KEYS = 2_048, 12, 2, 8
_BARREN = 30
_PROVEN = 3

_LONG_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{24}\b|\b[0-9a-f]{32}\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")
_EXTENSION = re.compile(r"\.(?:html?|htx|aspx?|php|jsp|vnp|chn|ashx)$", re.IGNORECASE)


def is_document(url: str) -> bool:
    """True for a file to be kept as it is: by its extension, also inside a parameter, or by a download address."""
    parts = split(url)
    if parts is None:
        return False
    path = unquote(parts.path)
    if _DOCUMENT.search(path) or _DOCUMENT_PATH.search(path):
        return True
    return any(_DOCUMENT.search(value) for _, value in parse_qsl(parts.query))


def document_name(url: str) -> str:
    """The file name an address ends in, decoded; empty when it has none."""
    parts = split(url)
    return unquote(parts.path).rstrip("/").rpartition("/")[2] if parts else ""


@lru_cache(maxsize=16_384)
def _trap(path: str, query: str) -> bool:
    """Addresses that only a broken or endless site makes, and those that are certainly no page."""
    target = f"{path}?{query}" if query else path
    if len(target) > _MAX_LENGTH or _NOISE.search(target.lower()):
        return True
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > _MAX_SEGMENTS or any(segments.count(segment) > _MAX_SAME for segment in set(segments)):
        return True
    if not query:
        return False
    names = [
        name for name, _, value in (token.partition("=") for token in query.split("&")) if not is_noise(name, value)
    ]
    return len(set(names)) > _MAX_KEYS or len(names) > 2 * _MAX_KEYS


def _host_allowed(host: str, plan: PortalPlan) -> bool:
    bare = host.removeprefix("www.")
    return host in plan.hosts or bare in plan.hosts or f"www.{bare}" in plan.hosts


def allowed(url: str, plan: PortalPlan) -> bool:
    """True when the crawl may ask for `url`: on the portal's hosts and ports, inside its scope, no trap and no noise.

    `www.` before a host of the plan makes no difference. Documents may lie outside the scope folder (sites of one server share
    their upload folder), never on another host.
    """
    parts = split(url)
    if parts is None or not _host_allowed(host_of(parts), plan):
        return False
    if is_document(url):
        return len(url) <= _MAX_LENGTH
    path = parts.path or "/"
    scope = plan.scope.lower()
    if not path.lower().startswith(scope) and path.lower() + "/" != scope:
        return False
    if _MEDIA.search(path) or _trap(path, parts.query):
        return False
    known = platforms.find(plan.platform)
    return known is None or not known.is_refused(f"{path}?{parts.query}" if parts.query else path)


def _masked_segment(segment: str, *, last: bool) -> str:
    bare = _EXTENSION.sub("", segment)
    extension = segment[len(bare) :].lower()
    bare = _LONG_ID.sub("#", bare)
    words, digits = _WORDS.findall(bare), _DIGITS.findall(bare)
    if len(words) < (4 if last else 7):
        if last and len(words) > 1 and digits and bare[-1].isdigit():
            return f"~#{extension}"  # short headline with its id: `dai-hoi-doan-123.html`
        return _DIGITS.sub("#", bare) + extension
    tail = "#" if bare[-1].isdigit() or bare[-1] == "#" else ""
    head = "#" if bare[0].isdigit() and "-" in bare[:9] and len(digits[0]) > 1 else ""
    return f"{head}*{tail}{extension}"


@lru_cache(maxsize=16_384)
def shape(url: str) -> str:
    """The form of an address, equal for the articles of one section: numbers `#`, headline slugs `*`, short words as they are.

    `/tin-tuc/van-hoa/le-hoi-dau-xuan-nam-2025-4711.html` is `/tin-tuc/van-hoa/*#.html`; `/?gd=4&cn=28&tc=9` is `/?cn=#&gd=#&tc=#`.
    The host does not count. Empty for what is no web address.
    """
    parts = split(url)
    if parts is None:
        return ""
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    masked = [_masked_segment(segment, last=index == len(segments) - 1) for index, segment in enumerate(segments)]
    query = sorted(
        _masked_token(token) for token in parts.query.split("&") if token and not is_noise(*token.partition("=")[::2])
    )
    return "/" + "/".join(masked) + ("?" + "&".join(dict.fromkeys(query)) if query else "")


def _masked_token(token: str) -> str:
    name, sign, value = token.partition("=")
    name = _DIGITS.sub("#", name)
    if not sign:
        return name
    bare = _LONG_ID.sub("#", unquote(value))
    return f"{name}={_DIGITS.sub('#', bare) if len(bare) <= 24 and len(_WORDS.findall(bare)) < 3 else '*'}"


def record(stat: PatternStat | None) -> int:
    """What a shape's record says of the next page of that shape: 1 article, -1 barren, 0 nothing yet."""
    if stat is None:
        return 0
    if stat.articles >= _PROVEN and stat.articles >= 2 * stat.others:
        return 1
    return -1 if stat.articles == 0 and stat.others >= _BARREN else 0
