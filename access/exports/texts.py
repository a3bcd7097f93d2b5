"""A folder of plain texts, one file an article, below its portal and year: what it is, an empty line, the text.

<portal>/<year>/<id>.txt      `undated` for articles whose date nobody knows
SHA256SUMS                    their digests, as `sha256sum -c` reads them
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from access.shape import Article

SUMS = "SHA256SUMS"
UNDATED = "undated"

_UNSAFE = re.compile(r"[^0-9A-Za-z._~-]")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Texts:
    """Writes articles as files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sums = (folder / SUMS).open("w", encoding="utf-8", newline="\n")
        self._made: set[Path] = set()
        self.bytes = 0

    def put(self, articles: Sequence[Article]) -> None:
        """Write some articles."""
        for article in articles:
            path = self._folder / place(article)
            if path.parent not in self._made:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(path.parent)
            data = written(article).encode()
            path.write_bytes(data)
            self._sums.write(f"{hashlib.sha256(data).hexdigest()}  {place(article)}\n")
            self.bytes += len(data)

    def close(self) -> None:
        """Finish the list of digests."""
        self._sums.close()


def place(article: Article) -> str:
    """Where an article's file lies: nothing of a page's own words is in its name."""
    year = (article["published_at"] or UNDATED)[:4] if article["published_at"] else UNDATED
    return f"{_UNSAFE.sub('_', article['portal']).lstrip('.') or '_'}/{year}/{article['id']}.txt"


def written(article: Article) -> str:
    """An article as a text: lines `label: value` until the first empty line, then its words."""
    head = "".join(f"{label}: {_CONTROL.sub(' ', value).strip()}\n" for label, value in _head(article) if value)
    return f"{head}\n{article['text']}\n" if article["text"] else f"{head}\n"


def _head(article: Article) -> Iterator[tuple[str, str]]:
    yield "Tiêu đề", article["title"]
    yield "Nguồn", f"{article['ward'] or ''} ({article['portal']})"
    yield "Địa chỉ", article["url"]
    date, basis = article["published_at"], article["published_basis"]
    yield "Ngày đăng", f"{date} ({basis})" if date else "không rõ"
    yield "Tác giả", ", ".join(article["authors"])
    yield "Chuyên mục", article["category"] or ""
    yield "Đã gỡ khỏi cổng", article["removed_at"] or ""
    yield "Ngày lưu", article["capture"]["fetched_at"]
    yield "Phiên bản", f"{article['revision']}/{article['revisions']}"
    if article["visibility"] != "public":
        why = article["tombstone"] or {"reason": ""}
        yield "Tình trạng", f"{article['visibility']} {why['reason']}"
    for file in article["attachments"]:
        yield "Tệp đính kèm", f"{file['name']} {file['url']}"
    yield "Mã bài", article["id"]
