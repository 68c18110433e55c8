"""Telephone numbers that Ofcom keeps free for drama: nobody answers them.

Source: Ofcom, "Telephone numbers for use in TV and radio drama programmes": 01632 960000 to 960999
and 07700 900000 to 900999.
"""

from __future__ import annotations

__all__ = ["landline", "mobile"]


def landline(number: int) -> str:
    """A number of an office, from 0 to 999."""
    return f"01632 960{number:03d}"


def mobile(number: int) -> str:
    """A number of a mobile telephone, from 0 to 999."""
    return f"07700 900{number:03d}"
