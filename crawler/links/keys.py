"""Addresses without their noise: which two are the same page, and which form of one to ask for."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from crawler import platforms

_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
_COOKIELESS = re.compile(r"/\((?:[AFSX]\([^/()]*\))+\)(?=/|$)")  # ASP.NET without cookies
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2})|)")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._|"
_QUERY_SAFE = _PATH_SAFE + "?[]{}"
_IIS = re.compile(r"\.(?:aspx?|ashx|asmx)(?:/|$)", re.IGNORECASE)
_INDEX = frozenset(
    (
        "index.html",
        "index.htm",
        "index.php",
        "index.aspx",
        "index.asp",
        "index.jsp",
        "default.aspx",
        "default.asp",
        "default.htm",
    )
)
_BROKEN_SPACE = re.compile(r"[\t\r\n\x00-\x1f]+")
_BARE_HOST = re.compile(
    r"www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/|$)|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:gov|com|org|edu|net)\.vn(?:/|$)",
    re.IGNORECASE,
)
_WEB = ("http://", "https://")
_ORIGIN = re.compile(r"https?://[a-z0-9.:-]+(?=/|$)")

# Parameters that never change which page an address shows.
_NOISE = frozenset(
    [
        "fbclid",
        "gclid",
        "dclid",
        "yclid",
        "msclkid",
        "igshid",
        "zarsrc",
        "mc_cid",
        "mc_eid",
        "_ga",
        "_gl",
        "_gac",
        "_hsenc",
        "_hsmi",
        "__cft__",
        "__tn__",
        "_",
        "nocache",
        "no_cache",
        "rand",
        "rnd",
        "timestamp",
        "ts",
        "cache",
        "phpsessid",
        "jsessionid",
        "sessionid",
        "aspsessionid",
        "returnurl",
        "return_url",
        "backurl",
        "back_url",
        "redirect",
        "redirect_to",
        "referer",
        "referrer",
        "replytocom",
        "share",
        "amp",
        "print",
        "printable",
        "mobile",
        "tmpl",
        "inheritredirect",
        "p_p_auth",
        "p_p_lifecycle",
        "p_p_state",
        "p_p_mode",
        "p_p_col_id",
        "p_p_col_pos",
        "p_p_col_count",
        "p_p_state_rcv",
        "p_p_cacheability",
        "p_p_resource_id",
        "doasuserid",
        "controlpanelcategory",
        "sort",
        "sortby",
        "sort_by",
        "orderby",
        "order_by",
        "sortorder",
        "sort_order",
        "viewmode",
        "view_mode",
        "filter_order",
        "filter_order_dir",
        "fontsize",
        "_afrloop",
        "_afrwindowmode",
        "_afrwindowid",
        "_adf.ctrl-state",
        "aspxerrorpath",
        "aspxautodetectcookiesupport",
        "captcha",
    ]
)
_NOISE_START = ("utm_", "pk_", "__hs", "wc.context", "wc.orig")
_NOISE_VALUES = {
    "lang": frozenset({"vi", "vi-vn", "vn"}),
    "language": frozenset({"vi", "vi-vn", "vi_vn", "vn"}),
    "page": frozenset({"0"}),
    "pageindex": frozenset({"0"}),
    "trang": frozenset({"0"}),
    "start": frozenset({"0"}),
    "limitstart": frozenset({"0"}),
    "offset": frozenset({"0"}),
    "paged": frozenset({"1", "0"}),
}
_WAY_BACK = frozenset(("source", "ref", "from", "return", "back", "url_back", "next", "continue", "origin"))
_LIFERAY_NOISE = re.compile(r"^_\w+_(?:redirect|delta|keywords|advancedsearch|andoperator|resetcur|backurl|viewmode)$")


@lru_cache(maxsize=4_096)
def split(url: str) -> SplitResult | None:
    """`url` taken apart, None when it is no usable http or https address."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def host_of(parts: SplitResult) -> str:
    """`host[:port]` in lower case; a default port is left out whatever the scheme."""
    return _host_of(parts.netloc)


@lru_cache(maxsize=1_024)
def _host_of(netloc: str) -> str:
    parts = SplitResult("", netloc, "", "", "")
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def bare_host(host: str) -> str:
    """A host without `www.`."""
    while host.startswith("www."):
        host = host[4:]
    return host


def _unescape(found: re.Match[str]) -> str:
    code = found.group(1)
    if code is None:
        return "%25"
    char = chr(int(code, 16))
    return char if char in _UNRESERVED else f"%{code.upper()}"


def _requote(text: str, safe: str) -> str:
    """Percent-escapes in one form: unreserved characters plain, everything else upper case, a lone `%` escaped."""
    if "%" in text:
        text = _ESCAPE.sub(_unescape, text)
    return quote(text, safe=safe, encoding="utf-8", errors="surrogatepass")


def _path(path: str) -> str:
    """A path without session ids, dot segments, doubled slashes, index documents and final slash."""
    if ";" in path:
        path = _SESSION.sub("", path)
    if "(" in path:
        path = _COOKIELESS.sub("", path)
    path = _requote(path, _PATH_SAFE)
    if _IIS.search(path):
        path = path.lower()
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", ".", "index.php"):
            segments.append(segment)
    while segments and segments[-1].lower() in _INDEX:
        segments.pop()
    return "/" + "/".join(segments)


def is_noise(name: str, value: str, drop: frozenset[str] = frozenset()) -> bool:
    """True for a query parameter that does not change the page: tracking, session, printing, sorting, the way back."""
    name = name.lower()
    if name in _NOISE or name in drop or name.startswith(_NOISE_START) or _LIFERAY_NOISE.match(name):
        return True
    if name in _NOISE_VALUES or name.endswith("_cur"):
        return value.lower() in _NOISE_VALUES.get(name, ("1",))
    return name in _WAY_BACK and (value.startswith(("/", "%2F", "%2f", "http")))


def _query(query: str, *, fold: bool, drop: frozenset[str]) -> str:
    kept: set[tuple[str, str]] = set()
    for token in query.replace("&amp;", "&").split("&"):
        name, _, value = token.partition("=")
        name, value = _requote(name, _QUERY_SAFE), _requote(value, _QUERY_SAFE)
        if (name or value) and not is_noise(name, value, drop):
            kept.add((name.lower() if fold else name, value))
    return "&".join(f"{name}={value}" if value else name for name, value in sorted(kept))


@lru_cache(maxsize=16_384)
def page_key(url: str, platform: str = "") -> str:
    """The address without its noise, unique for a page within a portal: `host[:port]/path?query`.

    Scheme, `www.`, default port, fragment, session ids, tracking, printing and sorting parameters, parameter order, final slash
    and index documents do not count. Where the platform (or the unmistakable form of the address) says which part is the
    article's identity, the key is `host/!identity`. Putting `http://` before a key and asking again gives the same key.
    Raises ValueError for an address that is not http or https.
    """
    parts = split(url)
    if parts is None:
        raise ValueError(f"not an http or https address: {url!r}")
    host = bare_host(host_of(parts))
    path = _path(parts.path)
    if not path.startswith("/!"):
        identity = platforms.identity_of(parts.path, parts.query, platform)
        if identity:
            return host + _path("/!" + identity)
    known = platforms.find(platform)
    drop = known.drop_params if known else frozenset[str]()
    query = _query(parts.query, fold=bool(_IIS.search(path)), drop=drop) if parts.query else ""
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def absolute(href: str, base: str) -> str | None:
    """`href` as a browser resolves it against `base`, without fragment; None when it leads to no page.

    Addresses that forgot their scheme (`www.x.gov.vn/…`) are taken as meant, not as a folder of that name.
    """
    href = _BROKEN_SPACE.sub("", href).strip().replace("\\", "/")
    if not href or href[0] == "#":
        return None
    if href[:7].lower() not in _WEB and href[:8].lower() not in _WEB:
        if ":" in href.split("/", 1)[0].split("?", 1)[0]:
            return None  # mailto:, tel:, javascript:, data: and whatever comes next
        if _BARE_HOST.match(href):
            href = "http://" + href
    try:
        url = _joined(base, href.partition("#")[0])
    except ValueError:
        return None
    return url if split(url) else None


def _joined(base: str, href: str) -> str:
    """What `urljoin` says; nearly all that pages write need not be taken apart for it, only to be put together again."""
    if ";" not in href and href[-1:] != "?":
        if href.startswith(_WEB) and href.partition("://")[2][:1] not in ("", "/", "?"):
            return href
        if href[:1] == "/" != href[1:2] and "/." not in href and (origin := _ORIGIN.match(base)):
            return origin[0] + href
    return urljoin(base, href)


def ask_form(url: str, home: str) -> str:
    """`url` as it should be asked: escaped, lower-case host, without session ids and tracking, with the portal's own scheme and
    `www.` where it is the portal's host.

    What stays is sent as written; unlike a key it may still hold parameters that change nothing.
    """
    parts, own = split(url), split(home)
    if parts is None:
        return url
    host, scheme = host_of(parts), parts.scheme
    if own is not None and bare_host(host) == bare_host(host_of(own)):
        host, scheme = host_of(own), own.scheme
    path = _requote(_SESSION.sub("", parts.path) if ";" in parts.path else parts.path, _PATH_SAFE) or "/"
    query = parts.query
    if query:
        tokens = (token for token in query.split("&") if token and not _tracking(token))
        query = _requote("&".join(tokens), _QUERY_SAFE)
    return urlunsplit((scheme, host, path, query, ""))


def _tracking(token: str) -> bool:
    name = token.partition("=")[0].lower()
    return name.startswith("utm_") or name in (
        "fbclid",
        "gclid",
        "yclid",
        "zarsrc",
        "_ga",
        "_gl",
        "p_p_auth",
        "phpsessid",
        "jsessionid",
    )
