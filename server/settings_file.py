"""Where settings come from, and the file that they may be written in.

Said on the command line, then in the environment (``TIDEMARK_<NAME>``; plain ``PORT`` and ``DATA``
too), then in ``tidemark.toml`` in the data folder (or where ``TIDEMARK_SETTINGS`` names one).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import (
    ValidationError,
)
from pydantic_settings import (
    EnvSettingsSource,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from server.oidc.settings import ProviderSettings
from server.settings import PREFIX, Settings, SettingsError
from sync.stores.couchdb.settings import without_password

__all__ = ["FILE_NAME", "Loaded", "load", "template"]

FILE_NAME = "tidemark.toml"
_EXAMPLE = {
    "id": '"trust"',
    "name": '"Example Trust"',
    "issuer": '"https://idp.example.sch.uk"',
    "client_id": '"tidemark"',
    "client_secret_file": '"/etc/tidemark/trust.secret"',
    "link": '"preferred_username"',
    "require": "{}",
}
"""Values of the example provider in the template, where a default would say nothing."""
_EXAMPLE_ROLE = (
    "## [[providers.roles]]",
    '## value = "attendance-office"',
    '## role = "attendance_officer"',
    '## schools = ["sch-7k2m"]',
)
_OTHER_VARIABLES = (
    *("TIDEMARK_SETTINGS", "TIDEMARK_COUCH_ADMIN", "TIDEMARK_MOVE_PASSWORD"),
    *("TIDEMARK_TEST_", "TIDEMARK_DEV_", "TIDEMARK_BENCH_"),
)
"""Variables with the prefix that are not settings: the file's name, a password, tests, tools."""


@dataclass(frozen=True)
class Loaded:
    """Settings in force, and for each what said so: a variable, the file, or nothing."""

    settings: Settings
    origins: Mapping[str, str]
    file: Path
    unknown: tuple[str, ...]
    """Variables that look like settings and are none: misspelt, most likely."""

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, value (secrets redacted) and origin of each setting."""
        rows = [
            (name, _shown(getattr(self.settings, name)), self.origins[name])
            for name in Settings.model_fields
            if name != "providers"
        ]
        return rows + [
            (f"providers.{provider.id}.{name}", value, self.origins["providers"])
            for provider in self.settings.providers
            for name, value in provider.rows()
        ]


def _shown(value: object) -> str:
    return "" if value is None else without_password(str(value))


def load(given: Mapping[str, Any] | None = None) -> Loaded:
    """Gather the settings. ``given``: those of the command line; None values count as not given.

    Raises :class:`SettingsError`.
    """
    spoken = {name: value for name, value in (given or {}).items() if value is not None}
    environment = _environment()
    data = Path(
        spoken.get("data") or environment.get("data") or Settings.model_fields["data"].default
    )
    file = Path(os.environ.get(PREFIX + "SETTINGS") or data / FILE_NAME)
    written = _read(file)
    values = {**written, **environment, **spoken}
    origins = dict.fromkeys(Settings.model_fields, "default")
    origins |= dict.fromkeys(written, str(file))
    origins |= {name: _variable(name) for name in environment}
    origins |= dict.fromkeys(spoken, "command line")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(_sentence(error, origins)) from None
    return Loaded(settings, origins, file, _unknown(settings))


def _environment() -> dict[str, Any]:
    source = EnvSettingsSource(Settings, env_ignore_empty=True)
    try:
        found = source()
    except SourceError:
        raise SettingsError(
            "The variable TIDEMARK_PROVIDERS is not JSON; a list of providers is easier to write "
            "in the settings file."
        ) from None
    aliases = {"TIDEMARK_DATA": "data", "DATA": "data", "TIDEMARK_PORT": "port", "PORT": "port"}
    return {aliases.get(name, name): value for name, value in found.items()}


def _variable(name: str) -> str:
    full = PREFIX + name.upper()
    return full if os.environ.get(full) else name.upper()


def _unknown(settings: Settings) -> tuple[str, ...]:
    known: set[str | None] = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {provider.client_secret_env for provider in settings.providers}
    return tuple(
        name
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known and not name.startswith(_OTHER_VARIABLES)
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error}.") from None
    for name in written:
        if name not in Settings.model_fields:
            raise SettingsError(
                f"The settings file {file} sets {name}, which is no setting; "
                "`tidemark config` lists them all."
            )
    return {name: value for name, value in written.items() if value != ""}


def _sentence(error: ValidationError, origins: Mapping[str, str]) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    said = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"The settings do not fit together: {said}."
    name, *within = map(str, first["loc"])
    name = {"TIDEMARK_DATA": "data", "TIDEMARK_PORT": "port"}.get(name, name)
    # People count from one.
    where = "".join(f" {int(one) + 1}" if one.isdecimal() else f", {one}" for one in within)
    return (
        f"The setting {name}{where} (from {origins.get(name, 'the command line')}) cannot be used: "
        f"{said}. `tidemark config` lists every setting and what it is for."
    )


def template() -> str:
    """A settings file with every setting, its use and its default, all commented out."""
    lines = [
        "# Tidemark's settings. Each line shows what is in force unless you change it:",
        "# remove the # before a name and give your value. A variable TIDEMARK_<NAME> in the",
        "# environment comes before this file. `tidemark config` shows what counts, and why.",
    ]
    for name, field in Settings.model_fields.items():
        if name not in {"data", "providers"}:
            lines += ["", *_comment(field.description or ""), f"# {name} = {_toml(field.default)}"]
    return "\n".join([*lines, "", *_providers_template()]) + "\n"


def _providers_template() -> list[str]:
    """An example of a provider, after all plain settings: that is where TOML wants tables."""
    lines = [
        *_comment(Settings.model_fields["providers"].description or ""),
        "# To set one up, remove the ## before each of these lines that you want.",
        "## [[providers]]",
    ]
    fields = dict(ProviderSettings.model_fields)
    roles = fields.pop("roles")
    for name, field in fields.items():
        default = _toml(field.get_default(call_default_factory=True))
        lines += _comment(field.description or "")
        lines.append(f"## {name} = {_EXAMPLE.get(name, default)}")
    return [*lines, *_comment(roles.description or ""), *_EXAMPLE_ROLE]


def _comment(text: str, width: int = 88) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return [f"# {line}" for line in lines]


def _toml(value: object) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str | Path) else str(value)
