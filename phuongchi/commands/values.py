"""Values of a command line that are what they seem to be: Typer loads pydantic to see that, a tenth of what a run loads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperOption
from typer.models import ParameterInfo

WAY = "get_runtime_param"
"""How Typer's parameters come by what looks at their values."""

_typers = getattr(TyperOption, WAY, None)


def take_plain() -> None:
    """From now on words, counts and folders are taken as they stand, and what was not said for nothing.

    Everything else goes Typer's way: dates and bounds, and what has to be refused. So does all in a Typer without that way.
    """
    if _typers is not None:
        for kind in (TyperOption, TyperArgument):
            setattr(kind, WAY, lambda parameter: _Taker)


class _Taker:
    @staticmethod
    def coerce(value: Any, param: Any, ctx: Any) -> Any:
        """The value of a parameter."""
        kind = param.type_descriptor.annotation
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if (
            kind is Path
            and _is_word(value)
            and os.access(value, os.R_OK)
            and _is_any(param.type_descriptor.parameter_info)
        ):
            return Path(value)
        if kind == list[str] and not isinstance(value, str) and all(map(_is_word, value)):
            return list(value)
        if _is_word(value) if kind is str else kind is int and isinstance(value, int):
            return value
        assert _typers is not None
        return _typers(param).coerce(value, param=param, ctx=ctx)


def _is_any(told: ParameterInfo) -> bool:
    """Whether an option takes any folder or file that can be read, as it was said."""
    asked = told.exists or told.writable or told.resolve_path or told.allow_dash or told.path_type
    return told.file_okay and told.dir_okay and told.readable and not asked


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()
