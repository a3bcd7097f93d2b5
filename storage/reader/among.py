"""That a column has one of hundreds of values, asked with one parameter: as a list of parameters each of them costs the
making of the statement more than the database takes to look its row up."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, bindparam, func, select


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """The condition that `column` has one of `values`: texts or numbers that JSON can write."""
    if connection.dialect.name == "postgresql":
        given = bindparam(None, list(values), type_=ARRAY(column.type), unique=True)
        return column == func.any(given)
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))
