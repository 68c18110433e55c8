"""What a PDF says: enough of the format to read back what fpdf2 writes, and no more."""

from __future__ import annotations

import re
import zlib

__all__ = ["text_of"]

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def text_of(pdf: bytes) -> str:
    """The words of a PDF: a line for each piece of text that is shown, page after page."""
    objects = {int(n): body for n, body in _OBJECT.findall(pdf)}
    fonts = _fonts(objects)
    lines: list[str] = []
    for body in objects.values():
        data = _data(body)
        if data is not None and b" Tf" in data:
            lines += _shown(data, fonts)
    return "\n".join(lines)


def _data(body: bytes) -> bytes | None:
    found = _STREAM.search(body)
    if found is None:
        return None
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def _fonts(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    """Each font's characters by their number in it, by its name on the page."""
    named: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for name, n in re.findall(rb"/(F\d+) (\d+) 0 R", body):
            unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(n)])
            assert unicode is not None
            table = _data(objects[int(unicode[1])]) or b""
            pairs = re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", table)
            named[name] = {
                int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be")
                for code, to in pairs
                if len(code) == 4
            }
    return named


def _shown(data: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    lines: list[str] = []
    font: dict[int, str] = {}
    pattern = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", re.DOTALL)
    for match in pattern.finditer(data):
        if match[1] is not None:
            font = fonts[match[1]]
        else:
            plain = re.sub(
                rb"\\(.)", lambda one: _ESCAPES.get(one[1], one[1]), match[2], flags=re.DOTALL
            )
            codes = [int.from_bytes(plain[at : at + 2]) for at in range(0, len(plain), 2)]
            lines.append("".join(font.get(code, "?") for code in codes))
    return lines
