"""How people are called: whether a name that somebody typed is a person's."""

from __future__ import annotations

__all__ = ["is_called"]


def is_called(name: str, surname: str) -> bool:
    """Whether a name ends with a surname, whatever its case and spacing, and by whole words."""
    return f" {_plain(name)}".endswith(f" {_plain(surname)}")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
