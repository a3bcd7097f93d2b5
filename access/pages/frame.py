"""What all pages share: templates that escape everything, the frame round a page, and the page that says what went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from access.api.answers import answer
from access.api.guard import is_for_programs
from access.api.problems import Problem, as_json
from access.masking import masked_line
from access.pages.language import LANGUAGES, N_, Language, address, bare, half, language_of, said, translations
from access.pages.reasons import reason
from access.pages.times import moment, month, month_name, number, printed, size, weekday
from access.personal import MASK

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)

WORDS = {
    400: N_("Yêu cầu không hợp lệ"),
    403: N_("Nội dung này không được hiển thị"),
    404: N_("Không tìm thấy trang này"),
    405: N_("Máy chủ này chỉ để xem"),
    410: N_("Vị trí này đã cũ"),
    414: N_("Câu hỏi quá dài"),
    500: N_("Máy chủ gặp lỗi"),
    503: N_("Máy chủ đang bận, xin thử lại sau ít phút"),
}
"""What people read of a problem, by status."""


@cache
def templates(language: Language) -> Environment:
    """The templates in a language; a name that is not given is an error, no empty text."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters["moment"] = partial(moment, language)
    made.filters["printed"] = partial(printed, language)
    made.filters["month"] = partial(month, language)
    made.filters["month_name"] = partial(month_name, language)
    made.filters["weekday"] = partial(weekday, language)
    made.filters["named"] = partial(named, language)
    made.filters["reason"] = partial(reason, language)
    made.filters["number"] = partial(number, language)
    made.filters["bytes"] = partial(size, language)
    made.filters["half"] = partial(half, language)
    made.tests["web"] = is_web
    made.globals["link"] = partial(address, language)
    made.globals["language"] = language
    return made


def show(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
) -> Response:
    """A page in the language of its address. Templates know `link(PATH, name=value…)`, the filters `moment`, `printed`,
    `month`, `month_name`, `weekday`, `named`, `reason`, `number`, `bytes` and `half`, the test `web` for addresses that may be
    links, `path` (without language), `others` (language and address of the same page in it), `indexed`, `veil(TEXT)`
    for texts of portals that are shown as they are stored, and `data`: whether the API hides what the pages hide, so that they
    may lead there.
    """
    language, path = language_of(request.scope["path"]), bare(request.scope["path"])
    here = request.app.state.serving
    query = f"?{request.url.query}" if request.url.query else ""
    text = templates(language).get_template(template).render(
        path=path,
        others=[(other, address(other, path) + query) for other in LANGUAGES if other != language],
        indexed=here.options.indexed,
        veil=masked_line if here.options.veiled else str,
        data=here.options.masked or not here.options.veiled,
        **context,
    )  # fmt: skip
    shown = text.encode("utf-8", "replace")
    if status == 200:
        return answer(request, shown, "text/html; charset=utf-8", headers=headers)
    return HTMLResponse(shown, status, dict(headers or {}))


def named(language: Language, name: str, words: Mapping[str, str]) -> str:
    """What a name of the archive's own (`late`, `job:verify`) is called; one that nobody knows stays as it is, and is escaped:
    gettext in a template would let it pass as a text of ours."""
    found = words.get(name) or words.get(name.partition(":")[0])
    return said(language, found) if found else name


def is_web(url: str | None) -> bool:
    """Whether a browser may be led to an address that others wrote: http and https, never `javascript:` or `data:`.

    Nor to one that is not whole, because something of it is masked.
    """
    return bool(url and _WEB.match(url) and MASK not in url)


def show_problem(request: Request, problem: Problem) -> Response:
    """A problem as a page where a browser asks for one, else as problem details."""
    wanted = "text/html" in request.headers.get("accept", "")
    if is_for_programs(request.url.path) or not wanted:
        return as_json(problem)
    headers = {**problem.headers, "Cache-Control": "no-store"}
    language = language_of(request.url.path)
    detail = problem.vi if language == "vi" else problem.detail
    words = said(language, WORDS[problem.status])
    return show(request, "error.html", status=problem.status, headers=headers, words=words, detail=detail)
