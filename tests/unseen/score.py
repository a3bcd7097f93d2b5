"""How well exported articles agree with the gold of one portal. Pure: dicts of `export jsonl` in, counts out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import unquote, urlsplit

from phuongchi.demo.site import Gold

Article = Mapping[str, Any]
ACCOUNTS = frozenset({"admin", "quantri", "quản trị", "bientap", "administrator", "bbt", "ban biên tập"})
"""Names of accounts: a page may print one as its author; neither right nor wrong."""


@dataclass
class Score:
    """Counts of one portal; scores add up. `notes` says in words what is wrong."""

    golds: int = 0
    found: int = 0
    stored: int = 0
    strangers: int = 0
    tolerated: int = 0
    doubles: int = 0
    titles: int = 0
    printed: int = 0
    printed_found: int = 0
    day: int = 0
    minute: int = 0
    minutes: int = 0
    embedded: int = 0
    embedded_day: int = 0
    invented: int = 0
    gold_words: int = 0
    read_words: int = 0
    common_words: int = 0
    leaks: int = 0
    signed: int = 0
    signed_right: int = 0
    signed_false: int = 0
    captions: int = 0
    captions_kept: int = 0
    files: int = 0
    files_kept: int = 0
    notes: list[str] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(**{item.name: getattr(self, item.name) + getattr(other, item.name) for item in fields(Score)})

    @property
    def ratios(self) -> dict[str, float]:
        """The measures, each between 0 and 1; a measure of nothing is 1."""
        return {
            "recall": _share(self.found, self.golds),
            "nonart": 1 - _share(self.stored - self.strangers, self.stored),
            "dup": 1 - _share(self.stored - self.doubles, self.stored),
            "title": _share(self.titles, self.found),
            "day": _share(self.day, self.printed_found),
            "minute": _share(self.minute, self.minutes),
            "meta-day": _share(self.embedded_day, self.embedded),
            "para-R": _share(self.common_words, self.gold_words),
            "para-P": _share(self.common_words, self.read_words),
            "byline": _share(self.signed_right, self.signed),
            "caption": _share(self.captions_kept, self.captions),
            "files": _share(self.files_kept, self.files),
        }


def score(
    articles: Iterable[Article], golds: Sequence[Gold], base: str, tolerated: Callable[[str], bool] = lambda path: False
) -> Score:
    """Compare what one portal's export holds with its gold. `base` is where the portal answered (scheme, host, port)."""
    result = Score(golds=len(golds))
    by_path = {_key(gold.path): gold for gold in golds}
    by_title = {_fold(gold.title): gold for gold in golds}
    host = urlsplit(base).netloc
    matched: dict[str, Article] = {}
    nameless: list[tuple[list[str], Article]] = []
    for article in articles:
        if article.get("removed_at") or article.get("visibility") == "redacted":
            continue
        urls = dict.fromkeys([str(article.get("url", "")), *article.get("urls", ())])
        addresses = [_path(url) for url in urls if _here(url, host)]
        gold = next((by_path[_key(path)] for path in addresses if _key(path) in by_path), None)
        if gold is None:
            nameless.append((addresses, article))
        elif gold.path in matched:
            _double(result, addresses, gold)
        else:
            matched[gold.path] = article
    for addresses, article in nameless:
        gold = by_title.get(_fold(str(article.get("title") or "")))
        if gold and gold.path not in matched and _alike(article, gold):
            matched[gold.path] = article
        elif gold and _alike(article, gold):
            _double(result, addresses, gold)
        elif any(tolerated(path) for path in addresses):
            result.tolerated += 1
        else:
            result.strangers += 1
            result.notes.append(f"not an article: {addresses[:1]} {article.get('title')!r}")
    result.stored = len(matched) + result.doubles + result.strangers
    others = {_fold(gold.title) for gold in golds}
    for gold in golds:
        if gold.path in matched:
            result.found += 1
            _compare(result, matched[gold.path], gold, others - {_fold(gold.title)})
        else:
            result.printed += gold.published_basis == "printed"
            result.notes.append(f"missing: {gold.path}")
    return result


def _double(result: Score, addresses: Sequence[str], gold: Gold) -> None:
    result.doubles += 1
    result.notes.append(f"double: {addresses[:1]} is {gold.path} again")


def _alike(article: Article, gold: Gold) -> bool:
    """Whether an article of the same title also has the gold's text: a list that begins with that title has not."""
    have, want = (
        _bag([_fold(str(line)) for line in lines]) for lines in (article.get("paragraphs") or (), gold.paragraphs)
    )
    return 2 * sum((have & want).values()) >= max(sum(have.values()), sum(want.values()))


def _compare(result: Score, article: Article, gold: Gold, others: set[str]) -> None:
    note = result.notes.append
    if _fold(str(article.get("title") or ""), case=True) == _fold(gold.title, case=True):
        result.titles += 1
    else:
        note(f"title: {gold.path}: {article.get('title')!r} for {gold.title!r}")
    _dates(result, article, gold)
    read = [_fold(str(line)) for line in article.get("paragraphs") or ()]
    wanted = [_fold(line) for line in gold.paragraphs]
    have, want = _bag(read), _bag(wanted)
    common = sum((have & want).values())
    result.gold_words += sum(want.values())
    result.read_words += sum(have.values())
    result.common_words += common
    if common < 0.98 * max(sum(want.values()), sum(have.values())):
        lost = [line for line in wanted if line not in read][:2]
        extra = [line for line in read if line not in wanted][:3]
        note(f"text: {gold.path}: lost {[line[:60] for line in lost]} extra {[line[:60] for line in extra]}")
    leaked = _leaks(read, gold, others)
    if leaked:
        result.leaks += 1
        note(f"leak: {gold.path}: {leaked[:3]}")
    _people(result, article, gold)
    kept = {_fold(str(text)) for text in article.get("captions") or ()}
    result.captions += len(gold.captions)
    result.captions_kept += sum(_fold(text) in kept for text in gold.captions)
    lost = [text for text in gold.captions if _fold(text) not in kept]
    if lost:
        note(f"captions: {gold.path}: lost {lost[:3]}, has {sorted(kept)[:3]}")
    files = {_path(str(item.get("url", ""))) for item in article.get("attachments") or ()}
    result.files += len(gold.attachments)
    result.files_kept += sum(path in files for path in gold.attachments)
    if not files.issuperset(gold.attachments):
        note(f"files: {gold.path}: lost {sorted(set(gold.attachments) - files)}, has {sorted(files)}")


def _dates(result: Score, article: Article, gold: Gold) -> None:
    got, want = article.get("published_at"), gold.published_at
    source = f"{article.get('published_source')}/{article.get('published_basis')}"
    if want is None:
        inferred = article.get("published_basis") == "inferred" and gold.event_date and str(got)[:10] == gold.event_date
        if got is not None and not inferred:
            result.invented += 1
            result.notes.append(f"invented: {gold.path}: {got} ({source})")
        return
    right = got is not None and str(got)[:10] == want[:10]
    if gold.published_basis == "printed":
        result.printed += 1
        result.printed_found += 1
        result.day += right
        if len(want) > 10:
            result.minutes += 1
            result.minute += right and str(got)[:16] == want[:16]
    else:
        result.embedded += 1
        result.embedded_day += right
    if got is not None and not right:
        result.invented += 1
    if not right or (len(want) > 10 and str(got)[:16] != want[:16]):
        result.notes.append(f"date: {gold.path}: {got} ({source}) for {want}")


def _people(result: Score, article: Article, gold: Gold) -> None:
    authors = [_fold(str(name)) for name in article.get("authors") or () if _fold(str(name)) not in ACCOUNTS]
    wanted = [_fold(name) for name in gold.authors]
    result.signed += bool(wanted)
    if wanted:
        result.signed_right += sorted(authors) == sorted(wanted)
    else:
        result.signed_false += bool(authors)
    if sorted(authors) != sorted(wanted):
        result.notes.append(f"byline: {gold.path}: {article.get('authors')} for {list(gold.authors)}")


def _leaks(read: Sequence[str], gold: Gold, others: set[str]) -> list[str]:
    own = "\n".join(_fold(line) for line in gold.paragraphs)
    strings = [text for text in map(_fold, gold.boilerplate) if text not in own]
    found = [text for text in strings if any(text == line or (len(text) > 7 and text in line) for line in read)]
    return found + [line for line in read if line in others]


def _bag(lines: Sequence[str]) -> Counter[str]:
    return Counter(word for line in lines for word in re.findall(r"\w+", line))


def _fold(text: str, *, case: bool = False) -> str:
    text = re.sub(r"[\s​]+", " ", unicodedata.normalize("NFC", text)).strip()
    return text if case else text.casefold()


def _here(url: str, host: str) -> bool:
    return urlsplit(url).netloc in (host, "")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _key(path: str) -> tuple[str, tuple[str, ...]]:
    """An address as its identity: no trailing slash, no order among parameters, no case."""
    parts = urlsplit(path)
    return unquote(parts.path).rstrip("/").casefold(), tuple(
        sorted(filter(None, unquote(parts.query).casefold().split("&")))
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
