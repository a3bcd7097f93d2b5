"""What a masked record leaves out if it must: comments, styles, scripts; in linear time, and as the plain patterns say."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.redaction.records import COMMENTS_AND_STYLES, SCRIPTS, without

_PIECES = st.sampled_from(
    [b"<!--", b"-->", b"<!--[if", b"<style", b"</style>", b"</STYLE >", b"<script", b"</script>", b"</script \n>", b">", b" ",
     b"type='application/ld+json'", b"application/json", b"x", b"<!-->", b"<styles", b"\n", b"<SCRIPT "]
)  # fmt: skip
_PAGES = st.lists(_PIECES, max_size=30).map(b"".join)

_BY_PATTERN = {
    COMMENTS_AND_STYLES: re.compile(rb"<!--(?!\[if).*?-->|<style\b.*?</style\s*>", re.DOTALL | re.IGNORECASE),
    SCRIPTS: re.compile(rb"<script\b(?![^>]*(?:ld\+json|application/json)).*?</script\s*>", re.DOTALL | re.IGNORECASE),
}


@pytest.mark.parametrize("begins", _BY_PATTERN, ids=["comments-and-styles", "scripts"])
@given(page=_PAGES)
@example(page=b"<script <script application/json></script>x<script>y</script>")
def test_it_leaves_out_what_the_pattern_would(begins: re.Pattern[bytes], page: bytes) -> None:
    assert without(page, begins) == _BY_PATTERN[begins].sub(b"", page)


@pytest.mark.parametrize(
    ("begins", "unclosed"),
    [(COMMENTS_AND_STYLES, b"<!--"), (COMMENTS_AND_STYLES, b"<style "), (SCRIPTS, b"<script "), (SCRIPTS, b"<script>")],
)
def test_very_many_that_are_never_closed_stay(begins: re.Pattern[bytes], unclosed: bytes) -> None:
    page = unclosed * 200_000  # each looked for to the page's end would take hours
    assert without(page, begins) == page
