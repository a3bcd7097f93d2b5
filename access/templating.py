"""Pages for people: templates that escape everything, and the page that says what went wrong."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response
from starlette.templating import Jinja2Templates

from access.api.guard import is_for_programs
from access.api.problems import Problem, as_json

HERE = Path(__file__).parent
STATIC = HERE / "static"

templates = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )
)  # fmt: skip
"""The templates of all pages; a name that is not given is an error, no empty text."""

WORDS = {
    400: ("Yêu cầu không hợp lệ", "The request cannot be understood"),
    403: ("Nội dung này không được hiển thị", "This may not be shown"),
    404: ("Không tìm thấy trang này", "There is no such page"),
    405: ("Chỉ được xem", "This server only shows"),
    410: ("Vị trí này đã cũ", "This place is of another time"),
    414: ("Câu hỏi quá dài", "The query is too long"),
    500: ("Máy chủ gặp lỗi", "The server made a mistake"),
    503: ("Máy chủ đang bận, xin thử lại sau ít phút", "The server is busy, please try again in a moment"),
}
"""What people read of a problem, by status."""


def show_problem(request: Request, problem: Problem) -> Response:
    """A problem as a page where a browser asks for one, else as problem details."""
    wanted = "text/html" in request.headers.get("accept", "")
    if is_for_programs(request.url.path) or not wanted:
        return as_json(problem)
    vietnamese, english = WORDS[problem.status]
    context = {"status": problem.status, "vietnamese": vietnamese, "english": english, "detail": problem.detail}
    page = templates.TemplateResponse(request, "error.html", context, problem.status, dict(problem.headers))
    assert isinstance(page, HTMLResponse)
    page.headers["Cache-Control"] = "no-store"
    return page
