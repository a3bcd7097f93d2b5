"""IDENTITY: the key that makes two addresses of a portal the same article."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler import platforms
from crawler.links.patterns import page_key

_COPY = re.compile(
    r"/(?:savefile|print|sendmail|instant-rss)(?:/|$)|[?&](?:print|printable)=|tmpl=component|print\.aspx",
    re.IGNORECASE,
)


def identity(url: str, platform: str) -> str:
    """The identity key of the article at `url`: what its platform's rule says, else the address without its noise.

    Only the address counts. What a page says of itself (a canonical that names the home page on every article) may lead to
    an article that is known already, but never melts two into one. The host is not part of it: it is unique in a portal.
    """
    return platforms.identity(url, platform) or page_key(url, platform)


def trusted(alias: str, url: str, platform: str = "") -> bool:
    """Whether an address that a page gives for itself may stand for it.

    Not on another host, not the home page or a section above, not a print or save copy, and not the same path without
    the parameter that tells articles apart: systems that print one canonical on every page would melt them all into one.
    """
    try:
        theirs, ours = urlsplit(alias), urlsplit(url)
    except ValueError:
        return False
    if theirs.scheme not in ("http", "https") or _host(theirs.netloc) != _host(ours.netloc):
        return False
    path, own = theirs.path.rstrip("/"), ours.path.rstrip("/")
    if _COPY.search(alias) or (not path and not theirs.query):
        return False
    if page_key(alias, platform) == page_key(url, platform):
        return True
    if path == own and not theirs.query and ours.query:
        return False
    return not (own.startswith(path + "/") and not theirs.query and not own[len(path) + 1 :].startswith("amp"))


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
