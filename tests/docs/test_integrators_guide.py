"""The integrator's guide and the API say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from fastapi import FastAPI

from access.api.description import describe
from access.api.problems import KINDS
from access.api.schemas import ARTICLE_FIELDS, components
from access.app import ROUTERS
from phuongchi.client import Client
from storage.records import EventKind

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "integrators-guide.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The text under a heading."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    assert found is not None, heading
    return found[1]


def documented() -> dict[str, dict[str, object]]:
    """The addresses of the OpenAPI document."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    describe(app)
    paths: dict[str, dict[str, object]] = app.openapi()["paths"]
    return paths


def test_addresses_when_described_then_exactly_those_of_the_openapi_document() -> None:
    named = re.findall(r"^\| `(/[^`]*)` \|", section("Addresses"), re.MULTILINE)
    assert sorted(named) == sorted(documented())


def test_filters_when_named_then_exactly_those_that_articles_and_feeds_take() -> None:
    [said] = re.findall(r"Filters are those of `phuongchi search`: `([^`]*)`", GUIDE)
    for path, others in (("/api/v1/articles", {"fields", "order", "hits"}), ("/atom", set())):
        asked = {one["name"] for one in documented()[path]["get"]["parameters"]}  # type: ignore[index]
        assert {"q", *said.split(), "hidden", "limit", "after", *others} == asked


def test_words_in_code_when_they_look_like_fields_then_they_exist() -> None:
    known = set(ARTICLE_FIELDS) | {name for shape in components().values() for name in shape.get("properties", ())}
    for name in ("published_at", "published_basis", "published_evidence", "visibility", "tombstone", "rights", "last_seen", "credits",
                 "hits", "meant", "next", "more", "cursor", "object", "digest", "detail", "cure"):  # fmt: skip
        assert f"`{name}`" in GUIDE
        assert name in known


def test_kinds_of_changes_and_errors_when_named_then_those_of_the_program() -> None:
    [kinds] = re.findall(r"Kinds: `([^`]*)`", GUIDE)
    assert tuple(kinds.split()) == get_args(EventKind)
    statuses = {int(one) for one in re.findall(r"\b([45]\d\d)\b", section("What to expect"))}
    assert {status for status, _ in KINDS.values()} <= statuses


def test_client_when_shown_then_its_methods_exist() -> None:
    for name in set(re.findall(r"archive\.(\w+)\(", GUIDE)):
        assert hasattr(Client, name)
