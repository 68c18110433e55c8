"""Assets: the built tablet app's files, with what a browser may keep of each.

Files under ``assets/`` carry a digest of their content in their name and never change; all others
(the page, the service worker, the manifest) are asked about each time and answered with 304.
Text is packed once, at the first request, and again when the file on disk has changed.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Asset", "Assets", "find_folder"]

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED = frozenset({".js", ".mjs", ".css", ".html", ".json", ".svg", ".webmanifest", ".txt"})
MIN_PACKED = 512


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. ``packed``: its gzip, where that is worth having."""

    body: bytes
    packed: bytes | None
    kind: str
    etag: str
    keep: str


class Assets:
    """The files of one folder, read as they are asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder is not None else None
        self._known: dict[Path, tuple[tuple[int, int], Asset]] = {}

    @property
    def built(self) -> bool:
        """Whether there is an app to serve."""
        return self._folder is not None and (self._folder / "index.html").is_file()

    def page(self) -> Asset | None:
        """The app's page; None if it was not built."""
        return self.find("index.html")

    def find(self, path: str) -> Asset | None:
        """The file at ``path`` within the folder; None for anything else, hidden files too."""
        if self._folder is None or not path or "\0" in path or "\\" in path:
            return None
        if any(part.startswith(".") or not part for part in path.split("/")):
            return None
        file = self._folder / path
        try:
            state = file.stat()
            if not file.is_file() or not file.resolve().is_relative_to(self._folder):
                return None
            seen = (state.st_mtime_ns, state.st_size)
            known = self._known.get(file)
            if known is None or known[0] != seen:
                known = (seen, _read(file, path))
                self._known[file] = known
        except (OSError, ValueError):
            return None
        return known[1]


def find_folder(named: Path | None) -> Path | None:
    """The folder named, or the one in the package, or a checkout's; None if there is none."""
    here = Path(__file__).parent
    candidates = [named] if named is not None else [here / "static", here.parent / "pwa" / "dist"]
    return next((folder for folder in candidates if (folder / "index.html").is_file()), None)


def _read(file: Path, path: str) -> Asset:
    body = file.read_bytes()
    suffix = file.suffix.lower()
    packed = gzip.compress(body, 9, mtime=0) if suffix in _PACKED else None
    if packed is not None and (len(body) < MIN_PACKED or len(packed) >= len(body)):
        packed = None
    kind = _TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    keep = IMMUTABLE if path.startswith("assets/") else REVALIDATE
    return Asset(body, packed, kind, etag, keep)
