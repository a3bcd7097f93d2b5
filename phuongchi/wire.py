"""Frozen dataclasses as JSON and back: how a parent hands a child its work. Both are the same program."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

T = TypeVar("T")


def pack(value: object) -> Any:
    """`value` as what `json` can write: dataclasses become objects, instants and paths become texts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: pack(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): pack(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [pack(item) for item in value]
    return value


def unpack(kind: type[T], data: Any) -> T:
    """What `pack` made of a value of type `kind`, as that value again. Raises KeyError or TypeError for anything else."""
    return cast(T, _unpack(kind, data))


def _unpack(kind: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if data is None or kind is Any or origin is typing.Literal:
        return data
    if origin in (types.UnionType, typing.Union):
        return _unpack(next(one for one in arguments if one is not type(None)), data)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        values = {field.name: _unpack(hints[field.name], data[field.name]) for field in dataclasses.fields(kind)}
        return cast(type, kind)(**values)
    if kind is datetime:
        return datetime.fromisoformat(data)
    if kind is Path:
        return Path(data)
    if origin in (tuple, frozenset):
        return origin(_unpack(arguments[0], item) for item in data)
    return data
