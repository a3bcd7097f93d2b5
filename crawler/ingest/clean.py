"""CLEAN: furniture lines that stand inside the text go, by rules that are data (`furniture.tsv`). Whole lines only.

| action | meaning |
|---|---|
| `drop-line` | the line goes, wherever it stands |
| `drop-block` | a heading at which the article is over: it and all below go (a box amid running text goes alone) |
| `head-or-foot-only` | goes only as one of the first or last lines |
| `keep` | known and kept: it is furniture elsewhere, but in a text it is text (motto, "Kết quả") |

A rule's `text` is compared folded (no case, no marks), `line` as a whole, `pattern` as a regular expression for the whole line.
`linked` is a pattern for lines that are mostly a link.
`token` rows are buttons: a line of at least two of them, with numbers and separators between, is a tool bar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Literal, get_args

from crawler.ingest.blocks import Block
from storage.text import fold

Action = Literal["drop-line", "drop-block", "head-or-foot-only", "keep"]
_ACTIONS: tuple[Action, ...] = get_args(Action)

_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
_BEFORE, _BEHIND = _SPACES + "»›>•·●▪-–—|:*[](){}«‹", _SPACES + ":|.»›>«‹[](){}-–—"
_WORD = re.compile(r"[^\W_]+[+-]?%?")
_STARS = re.compile("[★☆]")
_HEAD, _FOOT = 3, 6
_RUNNING = 200
_MOSTLY = 0.5
_SENTENCE_LONG = 40
_BUTTON = 5
"""Words of the longest button."""
_LONGEST = 260
"""Characters above which a line is never furniture by rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row of `furniture.tsv` says of the lines that fall under it."""

    kind: str
    action: Action


_OF_ROWS = frozenset(("views", "print", "share", "counter"))
"""Kinds of lines that may stand in a row of a table: `Tăng | Giảm` heads columns, `Đến ngày` is a value."""
_SENTENCE = re.compile(r"[.;:!?…][\"”)]*$")
_COUNTED = re.compile(r"\(\d+\)\s*$")
_CAPITAL_ESCAPE = re.compile(r"\\[A-Z]")
_TOOL_BAR = Rule("tools", "drop-line")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text without furniture, and what was taken out, each with the rule's kind."""

    blocks: tuple[Block, ...]
    dropped: tuple[tuple[str, Block], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules: patterns over folded text as one, in the order of the file (those that keep also apart), whole lines by folded
    text, buttons by their words.
    """

    any_pattern: re.Pattern[str]
    """One empty group behind each: which one matched."""
    patterns: tuple[Rule, ...]
    keeping: tuple[tuple[re.Pattern[str], Rule], ...]
    lines: dict[str, Rule]
    linked: tuple[tuple[re.Pattern[str], Rule], ...]
    tokens: frozenset[tuple[str, ...]]
    openers: frozenset[str]
    """The first words of buttons."""


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of `furniture.tsv`. Raises ValueError for an unknown action or a pattern that cannot be folded."""
    patterns: list[tuple[str, Rule]] = []
    lines: dict[str, Rule] = {}
    linked: list[tuple[str, Rule]] = []
    tokens: set[tuple[str, ...]] = set()
    text = files(__package__).joinpath("furniture.tsv").read_text(encoding="utf-8")
    for number, row in enumerate(text.splitlines()[1:], 2):
        kind, named, form, value = row.split("\t")
        action = next((known for known in _ACTIONS if known == named), None)
        if action is None:
            raise ValueError(f"furniture.tsv:{number}: unknown action {named!r}")
        if _CAPITAL_ESCAPE.search(value):
            raise ValueError(f"furniture.tsv:{number}: folding would turn {value!r} round; write [^\\s] for \\S")
        if form == "token":
            tokens.add(tuple(_WORD.findall(fold(value))))
        elif form == "line":
            lines[_bare(fold(value))] = Rule(kind, action)
        else:
            (linked if form == "linked" else patterns).append((fold(value), Rule(kind, action)))
    # Nearly every line of a text matches none: one expression says so at once.
    whole = re.compile("|".join(f"(?:{pattern})()" for pattern, _ in patterns))
    keeping = ((pattern, rule) for pattern, rule in patterns if rule.action == "keep")
    openers = frozenset(token[0] for token in tokens if token)
    return Rules(
        any_pattern=whole,
        patterns=tuple(rule for _, rule in patterns),
        keeping=_compiled(keeping),
        lines=lines,
        linked=_compiled(linked),
        tokens=frozenset(tokens),
        openers=openers,
    )


def _compiled(rows: Iterable[tuple[str, Rule]]) -> tuple[tuple[re.Pattern[str], Rule], ...]:
    return tuple((re.compile(pattern), rule) for pattern, rule in rows)


def _bare(folded: str) -> str:
    return folded.lstrip(_BEFORE).rstrip(_BEHIND)


@lru_cache(maxsize=8192)
def rule_for(text: str) -> Rule | None:
    """The rule that the whole line falls under, None for ordinary text. `keep` rules win over all."""
    if len(text) > _LONGEST:
        return None
    folded = fold(text).strip()
    bare = _bare(folded)
    known = rules()
    exact = known.lines.get(bare)
    if exact is not None and exact.action == "keep":
        return exact
    found = _matching(known, bare, folded)
    if found is not None:
        return found if found.action == "keep" else exact or found
    return exact or (_TOOL_BAR if len(folded) <= 160 and _is_tool_bar(folded, known) else None)


def _matching(known: Rules, bare: str, folded: str) -> Rule | None:
    """The rule whose pattern the line matches, as it stands or bare: one that keeps it, else the first."""
    forms = (bare,) if bare == folded else (bare, folded)
    first = [found.lastindex for form in forms if (found := known.any_pattern.fullmatch(form)) and found.lastindex]
    if not first:
        return None
    kept = (rule for pattern, rule in known.keeping if any(map(pattern.fullmatch, forms)))
    return next(kept, known.patterns[min(first) - 1])


def _is_tool_bar(folded: str, known: Rules) -> bool:
    """Whether the line is buttons only, longest names first; numbers between them are their counts."""
    first = _WORD.search(folded)
    while first is not None and first[0].isdigit():
        first = _WORD.search(folded, first.end())
    if first is None or first[0] not in known.openers:
        return False
    rest = (found[0] for found in _WORD.finditer(folded, first.start()) if not found[0].isdigit())
    ahead, count = list(islice(rest, _BUTTON)), 0
    while ahead:
        length = next((n for n in range(len(ahead), 0, -1) if tuple(ahead[:n]) in known.tokens), 0)
        if not length:
            return False
        ahead, count = [*ahead[length:], *islice(rest, length)], count + 1
    return count >= 2 or (count == 1 and _STARS.search(folded) is not None)


def is_furniture(text: str) -> bool:
    """Whether the line is known furniture of any kind (a `keep` rule says no)."""
    rule = rule_for(text)
    return rule is not None and rule.action != "keep"


def ends_article(text: str) -> bool:
    """Whether the line is a heading at which an article is over: related news, comments."""
    rule = rule_for(text)
    return rule is not None and rule.action == "drop-block"


def clean(blocks: Sequence[Block]) -> Cleaned:
    """The blocks without furniture lines, in their order. Rows of tables only go as counts and buttons."""
    dropped: dict[int, str] = {}
    for number, block in enumerate(blocks):
        if number in dropped:
            continue
        rule = rule_for(block.text) or _linked_rule(block)
        if rule is None or rule.action == "keep" or (block.kind == "row" and rule.kind not in _OF_ROWS):
            continue
        if rule.action == "drop-line":
            dropped[number] = rule.kind
        elif rule.action == "drop-block" and _may_end(blocks, number, rule):
            for other in range(number, _block_end(blocks, number)):
                dropped[other] = rule.kind
    _edges(blocks, dropped)
    kept = tuple(block for number, block in enumerate(blocks) if number not in dropped)
    return Cleaned(kept, tuple((kind, blocks[number]) for number, kind in sorted(dropped.items())))


def _linked_rule(block: Block) -> Rule | None:
    if block.linked < _MOSTLY or len(block.text) > _LONGEST:
        return None
    folded = fold(block.text).strip()
    return next((rule for pattern, rule in rules().linked if pattern.fullmatch(folded)), None)


def _may_end(blocks: Sequence[Block], number: int, rule: Rule) -> bool:
    """Whether a heading ends the text: links follow, or nothing that reads like text does; below that of comments also
    when it counts them or their form follows.
    """
    following = blocks[number + 1 :]
    if any(block.linked >= 0.5 for block in following[:5]):
        return True
    texts = [block.text for block in following]
    if rule.kind == "comments":
        form = next((at for at, text in enumerate(texts) if _is_form(rule_for(text))), len(texts))
        counted = _COUNTED.search(blocks[number].text) is not None
        return counted or sum(map(len, texts[:form])) < (_RUNNING if form == len(texts) else 2 * _RUNNING)
    sentences = any(len(text) >= _SENTENCE_LONG and _SENTENCE.search(text) for text in texts)
    return not sentences and sum(map(len, texts)) < _RUNNING


def _is_form(rule: Rule | None) -> bool:
    return rule is not None and rule.action != "keep" and rule.kind in ("comments", "captcha")


def _block_end(blocks: Sequence[Block], number: int) -> int:
    """Where the block below a heading ends: behind the links right below it or all links where running text goes on there,
    else at the last block.
    """
    linked = [other for other in range(number + 1, len(blocks)) if blocks[other].linked >= _MOSTLY]
    if not linked:
        return len(blocks)
    first = next(other for other in range(number + 1, len(blocks) + 1) if other not in linked)
    until = next((other for other in range(first, len(blocks)) if ends_article(blocks[other].text)), len(blocks))
    between = blocks[first:until]
    if first > number + 1 and _runs_on(between) and not any(block.linked >= _MOSTLY for block in between):
        return first
    return linked[-1] + 1 if _runs_on(blocks[linked[-1] + 1 :]) else len(blocks)


def _runs_on(blocks: Sequence[Block]) -> bool:
    return sum(len(block.text) for block in blocks if block.linked < 0.1) >= _RUNNING


def _edges(blocks: Sequence[Block], dropped: dict[int, str]) -> None:
    """Rules for head and foot: lines that only dropped or equally marginal ones separate from the edge."""
    for order, reach in ((range(len(blocks)), _HEAD), (range(len(blocks) - 1, -1, -1), _FOOT)):
        for number in list(order)[:reach]:
            rule = rule_for(blocks[number].text)
            if number in dropped:
                continue
            if rule is None or rule.action != "head-or-foot-only" or blocks[number].kind == "row":
                if order.step > 0:
                    break
                continue
            dropped[number] = rule.kind
