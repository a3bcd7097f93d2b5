"""The options by which `search` and `export` say which articles they mean: one for each field of `Filters`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from storage.reader import Filters

KINDS = ("article", "document", "notice", "gallery")
BASES = ("printed", "embedded", "inferred")
SHOWN = ("public", "restricted")

WordsArgument = Annotated[list[str] | None, typer.Argument(metavar="WORDS", help="With or without accents. Từ khóa.")]
SinceOption = Annotated[str, typer.Option("--since", metavar="DAY", help="From this day, month or year. Từ ngày.")]
UntilOption = Annotated[str, typer.Option("--until", metavar="DAY", help="To this day, month or year. Đến ngày.")]
PortalOption = Annotated[str, typer.Option("--portal", help="Only this portal (id). Chỉ nguồn này.")]
WardOption = Annotated[str, typer.Option("--ward", help="Name or code of a ward. Tên hoặc mã phường, xã.")]
ProvinceOption = Annotated[str, typer.Option("--province", help="Name of a province. Tên tỉnh, thành phố.")]


def filter_options(
    words: WordsArgument = None,
    since: SinceOption = "",
    until: UntilOption = "",
    portal: PortalOption = "",
    ward: WardOption = "",
    province: ProvinceOption = "",
    platform: Annotated[str, typer.Option("--platform", help="Only portals of this software. Nền tảng.")] = "",
    category: Annotated[str, typer.Option("--category", help="As the portal calls it. Chuyên mục.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="article, document, notice or gallery. Loại bài.")] = "",
    basis: Annotated[
        str, typer.Option("--basis", help="Of the date: printed, embedded or inferred. Căn cứ ngày đăng.")
    ] = "",
    attachments: Annotated[
        bool | None, typer.Option("--attachments/--no-attachments", help="With or without files. Có tệp đính kèm.")
    ] = None,
    seen_since: Annotated[str, typer.Option("--seen-since", metavar="DAY", help="First seen from. Lưu từ ngày.")] = "",
    seen_until: Annotated[str, typer.Option("--seen-until", metavar="DAY", help="First seen to. Lưu đến ngày.")] = "",
    visibility: Annotated[
        str, typer.Option("--visibility", help="Only public or only restricted ones. Chỉ bài công khai hoặc hạn chế.")
    ] = "",
    removed: Annotated[
        bool, typer.Option("--removed/--no-removed", help="Those gone from their portal, too. Cả bài đã gỡ.")
    ] = True,
) -> Filters:
    """The filters that the options ask for. Raises UsageError for a kind or basis that there is none of."""
    from storage.errors import UsageError
    from storage.reader import Filters

    for option, value, known in (
        ("--kind", kind, KINDS),
        ("--basis", basis, BASES),
        ("--visibility", visibility, SHOWN),
    ):
        if value and value not in known:
            raise UsageError(f"{option} {value!r} is none", cure=f"There are: {', '.join(known)}")
    return Filters(
        words=" ".join(words or []), since=since, until=until, portal=portal, ward=ward, province=province,
        platform=platform, category=category, kind=kind, basis=basis, attachments=attachments, seen_since=seen_since,
        seen_until=seen_until, removed=removed, visibility=visibility,
    )  # fmt: skip


def with_filters(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """A command's function with the options above in place of its parameter `filters`."""
    options = {one.name: one for one in _parameters(filter_options)}
    own = [one for one in _parameters(function) if one.name != "filters"]

    @functools.wraps(function)
    def run(session: Any, **values: Any) -> int | None:
        filters = filter_options(**{name: values.pop(name) for name in options})
        return function(session, filters=filters, **values)

    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own[1:], *options.values())]
    run.__signature__ = inspect.Signature([own[0], *parameters])  # type: ignore[attr-defined]
    return run


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """A function's parameters. What is only known to type checkers (`Filters` loads the database's library) is left out."""
    function.__annotations__ = {
        name: kind for name, kind in function.__annotations__.items() if name not in ("filters", "return")
    }
    return list(inspect.signature(function, eval_str=True).parameters.values())
