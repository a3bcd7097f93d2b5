"""How an article of the archive is cited: in the form that Vietnamese readers expect, and for BibTeX. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from access.pages.language import Language, said
from access.pages.times import as_words
from access.shape import Article
from storage.text import day_text

_BRACES = re.compile(r"[\\{}$&#^_~%]")
_ESCAPED = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}


def citation(language: Language, article: Article, permalink: str) -> str:
    """Office, title, day published, original address, moment of capture, id and digest, in one line.

    `permalink` is the address of the article here.
    """
    day = article["published_at"]
    dated = as_words(language, day) if day else said(language, "không rõ ngày đăng")
    taken = as_words(language, article["capture"]["fetched_at"].replace("Z", "+00:00"))
    parts = (
        article["ward"] or article["portal"],
        f"“{article['title']}”",
        dated,
        article["url"],
        f"{said(language, 'Bản lưu Phường Chí, chụp lúc')} {taken}",
        permalink,
        f"{article['id']}.{article['revision']}",
        f"SHA-256: {article['text_sha256']}",
    )
    return ". ".join(part.rstrip(".") for part in parts) + "."


def bibtex(article: Article, permalink: str) -> str:
    """An `@online` entry."""
    day = article["published_at"] or ""
    fields = {
        "author": " and ".join(
            f"{{{_tex(name)}}}" for name in article["authors"] or [article["ward"] or article["portal"]]
        ),
        "title": f"{{{_tex(article['title'])}}}",
        "organization": f"{{{_tex(article['ward'] or article['portal'])}}}",
        "date": day[:10],
        "url": article["url"],
        "urldate": day_text(datetime.fromisoformat(article["capture"]["fetched_at"])),
        "note": f"Archived: {permalink}, revision {article['revision']}, SHA-256 {article['text_sha256']}",
        "langid": "vietnamese" if article["language"] == "vi" else article["language"],
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{{article['id']},\n{lines}}}\n"


def _tex(text: str) -> str:
    return _BRACES.sub(lambda sign: _ESCAPED.get(sign[0], f"\\{sign[0]}"), text)
