"""Placeholder until access lands."""

import typer


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
