"""Put the built tablet app into the wheel.

A wheel without the app would be a server that greets a teacher with an error, so building one
while ``pwa/dist`` is missing fails. An editable install serves ``pwa/dist`` from where it stands
and needs no copy.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltApp(BuildHookInterface[Any]):
    """Maps ``pwa/dist`` to ``server/static`` in a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the app, or stop with what to do when it has not been built."""
        if version == "editable":
            return
        dist = Path(self.root) / "pwa" / "dist"
        if not (dist / "index.html").is_file():
            message = f"{dist} holds no built app (index.html is missing): run `make build` first"
            raise FileNotFoundError(message)
        build_data["force_include"][str(dist)] = "server/static"
