"""The shapes of all answers, as JSON Schema: those of `schemas.json`, and the article's own (`access/article.schema.json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from access.api.problems import KINDS, MEDIA_TYPE, PREFIX

_HERE = Path(__file__).parent
ARTICLE_SCHEMA: dict[str, Any] = json.loads((_HERE.parent / "article.schema.json").read_text("utf-8"))
ARTICLE_FIELDS = frozenset(ARTICLE_SCHEMA["properties"])
_OWN: dict[str, Any] = json.loads((_HERE / "schemas.json").read_text("utf-8"))


def components() -> dict[str, Any]:
    """All shapes by name, as `#/components/schemas/…` of the OpenAPI document."""
    article = {name: value for name, value in ARTICLE_SCHEMA.items() if not name.startswith("$")}
    shapes = {**_OWN, "Article": article, "Instant": ARTICLE_SCHEMA["$defs"]["instant"]}
    text = json.dumps(shapes).replace('"#/$defs/instant"', '"#/components/schemas/Instant"')
    done: dict[str, Any] = json.loads(text)
    # A list asks for some fields of an article; whatever is there has the article's shape.
    done["SomeFields"] = {**done["Article"], "required": ["schema", "id"]}
    done["Problem"]["properties"]["type"]["enum"] = [PREFIX + kind for kind in KINDS]
    return done


def answers(shape: str, meaning: str, *, missing: bool = False, **more: Any) -> dict[int | str, dict[str, Any]]:
    """What an address answers, for the OpenAPI document: the shape of its object, and its problems.

    `missing`: it may be that there is no such thing. `more` are further statuses with their meanings, as `s410`.
    """
    good = {"description": meaning, "content": {"application/json": {"schema": _ref(shape)}}}
    return {200: good, **problems(missing=missing, **more)}


def problems(*, missing: bool = False, **more: str) -> dict[int | str, dict[str, Any]]:
    """The problems that an address may answer with."""
    said = {
        "304": "Unchanged: the entity tag that was sent is still right",
        "400": "The request cannot be understood",
        **({"404": "There is no such thing"} if missing else {}),
        **{name.removeprefix("s"): meaning for name, meaning in more.items()},
        "414": "The query is too long",
        "503": "No room or no time now; come again after Retry-After seconds",
    }
    return {
        int(status): {"description": meaning}
        if status == "304"
        else {"description": meaning, "content": {MEDIA_TYPE: {"schema": _ref("Problem")}}}
        for status, meaning in said.items()
    }


def _ref(shape: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape}"}
