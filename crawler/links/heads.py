"""What the head of an answer says of its body."""

from __future__ import annotations


def content_type(header: str) -> tuple[str, str]:
    """Media type and declared charset of a Content-Type header, both in lower case and empty where nothing was said."""
    first, *parameters = header.split(";")
    charset = next((item.partition("=")[2] for item in parameters if item.strip().lower().startswith("charset=")), "")
    return first.strip().lower(), charset.strip().strip("\"'").strip().lower()
