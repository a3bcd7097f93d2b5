"""A learned layout as the JSON of a template, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crawler.ingest.places import Claim, Layout, Path, Step
from storage.records import Template

FORM = 1
"""Version of the JSON in `Template.body`. A reader that meets another form works as if there were no template."""


_NOTHING = Layout()
_KEPT = 64
_unpacked: dict[int, tuple[Template, Layout]] = {}
"""The templates that were unpacked last: each page of a portal is read with the same ones."""


def pack(layout: Layout) -> dict[str, Any]:
    """The layout as JSON values."""
    return {
        "form": FORM,
        "pages": layout.pages,
        "furniture": sorted(layout.furniture),
        "bodies": [_pack_path(path) for path in layout.bodies],
        "titles": [_pack_path(path) for path in layout.titles],
        "site": sorted(layout.site),
        "dates": [_pack_path(path) for path in layout.dates],
        "urls": list(layout.urls),
        "bylines": [_pack_path(path) for path in layout.bylines],
        "clocks": [_pack_path(path) for path in layout.clocks],
        "month_first": layout.month_first,
        "files": sorted(layout.files),
        "claims": [[claim.name, claim.says, claim.first, claim.last] for claim in layout.claims],
    }


def _pack_path(path: Path) -> list[list[Any]]:
    return [[step.tag, step.id, list(step.classes), step.index] for step in path]


def unpack(template: Template | None) -> Layout:
    """The layout of a template; an empty one for none, or for JSON of another form."""
    if template is None or template.body.get("form") != FORM:
        return _NOTHING
    kept = _unpacked.pop(id(template), None)
    if kept is None or kept[0] is not template:
        kept = template, _layout(template.body)
    _unpacked[id(template)] = kept
    if len(_unpacked) > _KEPT:
        del _unpacked[next(iter(_unpacked))]
    return kept[1]


def _layout(body: Mapping[str, Any]) -> Layout:
    return Layout(
        frozenset(body["furniture"]),
        tuple(_path(raw) for raw in body["bodies"]),
        tuple(_path(raw) for raw in body["titles"]),
        frozenset(body["site"]),
        int(body["pages"]),
        # Learned since, and optional: a template without them says nothing of these places.
        tuple(_path(raw) for raw in body.get("dates", ())),
        tuple(_path(raw) for raw in body.get("bylines", ())),
        tuple(body.get("urls", ())),
        tuple(_path(raw) for raw in body.get("clocks", ())),
        bool(body.get("month_first", False)),
        frozenset(body.get("files", ())),
        tuple(Claim(*raw) for raw in body.get("claims", ())),
    )


def _path(raw: Sequence[Sequence[Any]]) -> Path:
    return tuple(Step(tag, id_, tuple(classes), index) for tag, id_, classes, index in raw)
