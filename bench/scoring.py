"""How well one reader read one portal: counts that add up, and in words what is wrong with which page."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.readers import Seen
from bench.worlds.sample import Sample
from phuongchi.demo.site import Gold

_LONG = 7
"""Characters from which a furniture string inside a line is no accident."""


@dataclass(slots=True)
class Fault:
    """One thing that is wrong: which measure, on which page, by how much (for finding the worst), and what."""

    measure: str
    sort: str
    sample: Sample
    weight: float
    what: str


@dataclass(slots=True)
class Score:
    """The counts of one reader on one portal; a `(good, all)` pair for each measure."""

    pairs: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    f1: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Fault] = field(default_factory=list)

    def count(self, measure: str, good: int, total: int = 1) -> None:
        """Add to a measure."""
        self.pairs[measure][0] += good
        self.pairs[measure][1] += total

    def share(self, measure: str) -> float | None:
        """A measure between 0 and 1; None if nothing was measured."""
        good, total = self.pairs.get(measure, (0, 0))
        return good / total if total else None

    def add(self, other: Score) -> None:
        """Add another score's counts."""
        for measure, (good, total) in other.pairs.items():
            self.count(measure, good, total)
        for sort, values in other.f1.items():
            self.f1[sort] += values
        self.faults += other.faults

    @property
    def worst_f1(self) -> float | None:
        """The lowest mean token F1 of a sort."""
        return min((mean(values) for values in self.f1.values()), default=None)


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def score(samples: Sequence[Sample], seen: Sequence[Seen], *, split: bool) -> Score:
    """Compare what was seen with the gold. `split`: the reader keeps captions apart; else they count where they stand."""
    result = Score()
    titles = {fold(sample.gold.title) for sample in samples if sample.gold}
    for sample, found in zip(samples, seen, strict=True):
        if sample.gold is None:
            result.count("refused", not found.article)
            if found.article:
                result.faults.append(Fault("refused", "other", sample, 1, f"taken for an article: {found.title!r}"))
            continue
        _Page(result, sample, sample.gold, found, split).compare(titles)
    return result


@dataclass(slots=True)
class _Page:
    result: Score
    sample: Sample
    gold: Gold
    found: Seen
    split: bool

    def compare(self, titles: set[str]) -> None:
        result, gold, found = self.result, self.gold, self.found
        result.count("abstained", not found.article)
        if not found.article:
            self._fault("abstained", 1, f"no article: {found.why}")
        self._text()
        result.count("leaked", bool(leaks := self._leaks(titles)))
        if leaks:
            self._fault("leaked", len(leaks), f"furniture in the text: {leaks[:3]}")
        right = fold(found.title, case=True) == fold(gold.title, case=True)
        result.count("title", right)
        if not right and found.article:
            self._fault("title", 1, f"{found.title!r} for {gold.title!r}")
        self._date()
        self._byline()
        self._things()

    def _fault(self, measure: str, weight: float, what: str) -> None:
        self.result.faults.append(Fault(measure, self.sample.sort, self.sample, weight, what))

    def _text(self) -> None:
        have, want = bag(self.found.lines), bag(self.gold.paragraphs)
        if not self.split:  # captions in the text are no mistake of a reader that has no place for them
            have -= bag(self.gold.captions) - (bag(self.gold.captions) & want)
            have -= bag([self.gold.title]) if fold(self.gold.title) in map(fold, self.found.lines) else Counter()
        common, wanted, got = (sum(words.values()) for words in (have & want, want, have))
        self.result.count("recall", common, wanted)
        self.result.count("precision", common, got)
        f1 = 2 * common / (wanted + got) if wanted + got else 1.0
        self.result.f1[self.sample.sort].append(f1 if self.found.article else 0.0)
        if f1 < 0.985 and self.found.article:
            lines, wanted_lines = (
                [fold(line) for line in self.found.lines],
                [fold(line) for line in self.gold.paragraphs],
            )
            lost = [line[:70] for line in wanted_lines if line not in lines][:2]
            extra = [line[:70] for line in lines if line not in wanted_lines][:3]
            self._fault("text", 1 - f1, f"F1 {f1:.2f}: lost {lost}, too much {extra}")

    def _leaks(self, titles: set[str]) -> list[str]:
        own = "\n".join(fold(line) for line in (*self.gold.paragraphs, *self.gold.captions, self.gold.title))
        strings = [text for text in map(fold, self.gold.boilerplate) if text not in own]
        read = [fold(line) for line in self.found.lines]
        found = [text for text in strings if any(text == line or (len(text) > _LONG and text in line) for line in read)]
        return found + [line for line in read if line in titles - {fold(self.gold.title)}]

    def _date(self) -> None:
        want, got = self.gold.published_at, self.found.published
        if want is None:
            event = self.found.inferred and got[:10] == self.gold.event_date
            self.result.count("invented", bool(got) and not event)
            if got and not event:
                self._fault("invented", 1, f"date {got} where none is printed")
            return
        if self.gold.published_source == "page-update" and self.found.updated:
            got = self.found.updated
        right = got[:10] == want[:10]
        self.result.count("day", right)
        if len(want) > 10:
            self.result.count("minute", got[:16] == want[:16])
        wrong = bool(got) and not right
        self.result.count("invented", wrong)
        if not right or (len(want) > 10 and got[:16] != want[:16]):
            self._fault("day" if not right else "minute", 1 + wrong, f"date {got or 'unknown'} for {want}")

    def _byline(self) -> None:
        want, got = sorted(map(fold, self.gold.authors)), sorted(map(fold, self.found.authors))
        if want:
            self.result.count("byline", got == want)
        else:
            self.result.count("nobody", bool(got))
        if got != want and self.found.article:
            self._fault(
                "byline" if want else "nobody", 1, f"authors {list(self.found.authors)} for {list(self.gold.authors)}"
            )

    def _things(self) -> None:
        kept = set(map(fold, self.found.captions if self.split else self.found.lines))
        lost = [caption for caption in self.gold.captions if fold(caption) not in kept]
        self.result.count("captions", len(self.gold.captions) - len(lost), len(self.gold.captions))
        if lost and self.found.article:
            self._fault("captions", len(lost), f"captions lost {lost[:2]}, kept {list(self.found.captions)[:2]}")
        missing = [path for path in self.gold.attachments if not any(file.endswith(path) for file in self.found.files)]
        self.result.count("files", len(self.gold.attachments) - len(missing), len(self.gold.attachments))
        if missing and self.found.article:
            self._fault("files", len(missing), f"files lost {missing[:2]}, found {list(self.found.files)[:2]}")


def bag(lines: Iterable[str]) -> Counter[str]:
    """The words of some lines."""
    return Counter(word for line in lines for word in re.findall(r"\w+", fold(line)))


def fold(text: str, *, case: bool = False) -> str:
    """A line for comparison: NFC, single spaces, and small letters unless `case` counts."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text if case else text.casefold()


def worst(faults: Iterable[Fault], measure: str, sort: str = "") -> Iterator[Fault]:
    """The faults of a measure, the worst first."""
    yield from sorted(
        (fault for fault in faults if fault.measure == measure and sort in ("", fault.sort)), key=lambda f: -f.weight
    )
