"""The API under requests that somebody made up from its own description: it answers as it says, whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.conftest import Shelf, fill

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SHORT, LONG = 4, 200
"""Requests of each address."""


def fuzz(shelf: Shelf, examples: int) -> list[str]:
    """Ask every address for what its description allows and for what it does not; returns the addresses."""
    shelf.server.app.state.serving.stopping.set()  # whoever would wait for news is sent home at once
    schema = schemathesis.openapi.from_url(f"{shelf.server.base}/api/v1/openapi.json")
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    asked = []
    for found in schema.get_all_operations():
        operation = found.ok()
        cases: Any = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=cases)
        def answers(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        answers()
        asked.append(operation.path)
    return asked


@pytest.mark.slow
def test_api_when_fuzzed_then_it_answers_as_described(shelf: Shelf) -> None:
    assert len(fuzz(shelf, SHORT)) > 15


@pytest.mark.long
def test_api_when_fuzzed_for_long_on_each_database_then_it_answers_as_described(own_shelf: Shelf) -> None:
    fill(own_shelf.library)
    assert len(fuzz(own_shelf, LONG)) > 15


SIGNS = (
    '"',
    "*",
    "-",
    "^",
    ":",
    "(",
    ")",
    "'",
    "NEAR(",
    "AND",
    "OR",
    "NOT",
    "'); DROP TABLE article; --",
    'a" OR "',
    "\\",
    "%",
    "_",
)


@pytest.mark.long
def test_search_when_words_are_signs_of_query_languages_then_answered_and_nothing_is_lost(own_shelf: Shelf) -> None:
    fill(own_shelf.library)

    @settings(max_examples=400, deadline=None, database=None)
    @given(st.lists(st.one_of(st.sampled_from(SIGNS), st.text(max_size=20)), max_size=6).map("".join))
    def answers(words: str) -> None:
        answer = own_shelf.server.get("/api/v1/articles", q=words.encode("utf-8", "replace"), fields="title")
        assert answer.status == 200 or "\0" in words or len(words) > 200

    answers()
    for nasty in ("a*" * 100, '"' * 199, "(" * 199, "-" * 199, "a OR " * 39):
        assert own_shelf.server.get("/api/v1/articles", q=nasty).status == 200
    assert len(own_shelf.server.api("/articles")["items"]) == 3
