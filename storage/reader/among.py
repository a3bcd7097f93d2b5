"""That a column has one of hundreds of values, asked with one parameter: as a list of parameters each of them costs the
making of the statement more than the database takes to look its row up."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, bindparam, cast, func, select
from sqlalchemy.types import NullType


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """The condition that `column` has one of `values`: texts or numbers that JSON can write."""
    if connection.dialect.name == "postgresql":
        given = bindparam(
            None, array(values), type_=NullType(), unique=True
        )  # or it would be a text, read for each row
        return column == func.any(cast(given, ARRAY(column.type)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def array(values: Collection[Any]) -> str:
    """Texts or numbers as PostgreSQL reads an array: written at once, where its driver looks at each value by itself."""
    texts = [str(one) for one in values]
    if any(sign in "".join(texts) for sign in '"\\'):
        texts = [one.replace("\\", "\\\\").replace('"', '\\"') for one in texts]
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"
