"""Addresses that are certainly no page of their own: tools, doubles, personal corners, endless calendars, and plain traps.

Only what is certain belongs here. What is merely unlikely to be an article is followed and told apart by what it shows.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.links.keys import is_noise


def one_of(words: str) -> str:
    """A pattern for any of the blank-separated `words` (patterns themselves)."""
    return "(?:" + "|".join(words.split()) + ")"


_MEDIA = re.compile(
    r"\."
    + one_of(
        "jpe?g jfif png gif svg webp bmp tiff? ico mp[34] m4[av] avi wmv wma flv mov wav ogg webm mkv css js map json "
        "woff2? ttf "
        "eot exe apk msi iso dmg ics vcf swf psd cab bin xsl xsd dtd axd asmx p7s"
    )
    + "$",
    re.IGNORECASE,
)
_ENDS = r"(?:\.\w+)?(?:/|\?|$)"
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_SYSTEM = r"wp-admin wp-login wp-json wp-includes xmlrpc\.php administrator cdn-cgi _layouts _vti_ \.well-known"
_ACCOUNT = (
    "log-?in log-?out sign-?in sign-?up sign-?out dang-?nhap dang-?xuat dang-?ky register quen-mat-khau "
    "forgot-password my-?account "
    "user/password users?/(?:login|logout|register|lostpass)"
)
_SEARCH = "search searchresults? tim-?kiem tim-kiem-nang-cao ket-qua-tim-kiem"
_TWIN = (
    "print printpdf printmail in-bai in-trang in-tin ban-in savefile sendmail send-mail gui-mail gui-email "
    "email-a-friend share "
    "printitem printpage printview printnews inbaiviet intin"
)
_APPENDIX = r"rating vote voting captcha trackback embed amp reply comments?/feed comment-page-\d+ instant-rss"
_SEARCH_PARAM = "s q search keyword keywords searchword tukhoa tu_khoa query txtsearch tag tags share"
_ACTION = r"edit login logout register print print_?\w* send_?mail search share lostpassword add reply rss_?comments?"
_DATE_PARAM = "ngay ngayxem date day tungay denngay fromdate todate cal_?date m"
# Searched in the lower-case `path?query`. What begins alike stands together, so that one look at a place rules all of it out.
_IN_PATH = (
    rf"{one_of(_SYSTEM)}(?:/|\.|\?|$)",
    rf"{one_of(_ACCOUNT)}{_ENDS}",
    rf"{one_of(_SEARCH)}{_ENDS}",
    rf"{one_of(_TWIN)}{_ENDS}",
    rf"{one_of(_APPENDIX)}/?(?:\?|$)",
    "(?:tags?|tu-khoa|keywords?|the-tag|author|tac-gia)/",
    rf"{_YEAR}/{_MONTH}(?:/{_DAY})?/?(?:page/\d+/?)?(?:\?|$)",
    rf"(?:calendar|lich)/(?:{_YEAR}|\d\d)",
)
_IN_QUERY = (
    rf"{one_of(_SEARCH_PARAM)}=(?!\d+(?:&|$))(?![^&]*/)",  # a number is an id, a path Drupal's address
    "(?:replytocom|attachment_id|like_comment|unapproved)=",
    r"(?:print|printable|print_view|in)=(?:1|true|yes|y)\b",
    "(?:tmpl=component|format=pdf|format=raw|output=pdf|mobile=(?:1|yes)|amp=1|doprint|printmode|display=print)",
    rf"(?:action|act|do|task|op|mode|cmd|view)={one_of(_ACTION)}\b",
    "p_p_state=(?:pop_up|exclusive)",
    "p_p_mode=(?:print|edit)",
    "p_p_lifecycle=1",
    rf"{one_of(_DATE_PARAM)}=(?:\d{{1,4}}[-/.%]|\d{{6,8}}\b)",
    r"(?:year|nam|y)=\d{4}&(?:.*&)?(?:month|thang|m)=\d",
    r"(?:month|thang|m)=\d{1,2}&(?:.*&)?(?:year|nam|y)=\d{4}",
)
_NOISE = re.compile(f"/(?:{'|'.join(_IN_PATH)})|[?&](?:{'|'.join(_IN_QUERY)})|__dopostback")
MAX_LENGTH = 2_048
_MAX_SEGMENTS, _MAX_SAME, _MAX_KEYS = 12, 2, 8


@lru_cache(maxsize=16_384)
def is_trap(path: str, query: str) -> bool:
    """True for noise, media files, and addresses that only a broken or endless site makes.

    At most 2,048 characters, 12 segments, none of them more than twice, 8 parameters that mean something.
    """
    target = f"{path}?{query}" if query else path
    if len(target) > MAX_LENGTH or _MEDIA.search(path) or _NOISE.search(target.lower()):
        return True
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > _MAX_SEGMENTS or any(segments.count(segment) > _MAX_SAME for segment in set(segments)):
        return True
    tokens = (token.partition("=") for token in query.split("&")) if query else ()
    names = [name for name, _, value in tokens if not is_noise(name, value)]
    return len(set(names)) > _MAX_KEYS or len(names) > 2 * _MAX_KEYS
