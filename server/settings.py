"""Every setting of the server: what it is for, what it is unless said otherwise, who said so.

Said on the command line, then in the environment (``TIDEMARK_<NAME>``; plain ``PORT`` and ``DATA``
too), then in ``tidemark.toml`` in the data folder (or where ``TIDEMARK_SETTINGS`` names one).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from schemas.errors import TidemarkError
from server.oidc.settings import ProviderSettings, is_safe, origin_of
from sync.stores.couchdb.settings import without_password

__all__ = ["FILE_NAME", "Loaded", "Settings", "SettingsError", "load", "template"]

FILE_NAME = "tidemark.toml"
PREFIX = "TIDEMARK_"
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


class SettingsError(TidemarkError):
    """A setting cannot be used; the sentence names it, and who said it."""

    code = "bad_settings"


class Settings(BaseSettings):
    """All settings, checked. :func:`load` builds it; by itself it reads only its arguments."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, populate_by_name=True
    )

    data: Path = Field(
        Path("data"),
        validation_alias=AliasChoices("TIDEMARK_DATA", "DATA"),
        description="The folder that holds everything: databases, this file, the lock.",
    )
    host: str = Field(
        "127.0.0.1",
        description="The address to listen on. 0.0.0.0 is every network this machine is on; put "
        "a proxy that speaks https in front before you do that.",
    )
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("TIDEMARK_PORT", "PORT"),
        description="The port to listen on; 0 takes any that is free.",
    )
    public_origin: str = Field(
        "",
        description="What browsers have in front of every address, for example "
        "https://tidemark.example.sch.uk. Links that leave the server are made from it, never from "
        "what a request says its host is. Sign-in providers need it.",
    )
    store: str = Field(
        "",
        description="Where databases are kept: empty for SQLite files in the data folder, "
        "sqlite:FOLDER for another, couchdb+http://user:password@host:5984 (or couchdb+https) for "
        "Apache CouchDB, memory: to keep nothing.",
    )
    erasures: Path | None = Field(
        None,
        description="The file that remembers what was erased by law; empty: erasures.jsonl in the "
        "data folder. Never put an older copy of it back: what it forgets, a backup brings back.",
    )
    couchdb_prefix: str = Field(
        "tidemark-",
        description="What the names of Tidemark's databases start with in CouchDB; servers that "
        "share their schools share it, and every other database there is left alone.",
    )
    static: Path | None = Field(
        None, description="The built tablet app's folder; empty finds the one that came along."
    )
    max_body_bytes: int = Field(
        8 * 1024 * 1024,
        ge=300_000,
        le=256 * 1024 * 1024,
        description="The largest body taken in, before and after inflating it.",
    )
    max_documents: int = Field(
        2000, ge=1, le=100_000, description="The most documents taken or asked for in one request."
    )
    session_hours: float = Field(
        12, gt=0, le=24 * 31, description="A session ends after this long unused."
    )
    session_days: float = Field(
        30, gt=0, le=366, description="A session ends this long after its sign-in, used or not."
    )
    argon2_time_cost: int = Field(2, ge=1, le=20, description="Passes of a password's hash.")
    argon2_memory_kib: int = Field(
        19_456, ge=64, le=4_194_304, description="Memory of a password's hash, in KiB."
    )
    argon2_parallelism: int = Field(1, ge=1, le=16, description="Lanes of a password's hash.")
    sign_in_concurrency: int = Field(
        2, ge=1, le=64, description="Passwords checked at the same time, each on a thread."
    )
    sign_in_queue: int = Field(
        200,
        ge=1,
        le=10_000,
        description="Sign-ins that may wait their turn; more are told to retry.",
    )
    sign_in_failures: int = Field(
        5,
        ge=1,
        le=1000,
        description="Failed sign-ins of one username from one address in 5 minutes.",
    )
    sign_in_failures_address: int = Field(
        100,
        ge=1,
        le=100_000,
        description="Failed sign-ins from one address in 5 minutes; a school shares one.",
    )
    enrolment: Literal["offered", "required"] = Field(
        "offered",
        description="Whether tablets are enrolled: offered lets unenrolled browsers in as well, "
        "required lets only sessions on enrolled tablets reach a school's data.",
    )
    limit_device: float = Field(
        20,
        ge=0,
        le=100_000,
        description="Requests a second of one signed-in browser, and sixty times as many at once; "
        "each 64 KiB counts as one more. 0: no limit, here and below.",
    )
    limit_person: float = Field(
        40, ge=0, le=100_000, description="The same of one person, on all their devices."
    )
    limit_school: float = Field(
        200, ge=0, le=1_000_000, description="The same of one school, all its people together."
    )
    limit_address: float = Field(
        300,
        ge=0,
        le=1_000_000,
        description="The same of one address, for all that is asked without a session. A whole "
        "authority may share an address.",
    )
    limit_person_at_once: int = Field(
        8,
        ge=0,
        le=10_000,
        description="Requests of one person worked on at a time; more wait in line. 0: no limit.",
    )
    limit_school_at_once: int = Field(
        32,
        ge=0,
        le=10_000,
        description="Requests of one school worked on at a time; more wait in line, so that one "
        "school's storm slows no other. 0: no limit.",
    )
    limit_held: int = Field(
        200,
        ge=0,
        le=100_000,
        description="Requests that one person may hold open for news. 0: no limit.",
    )
    body_s: float = Field(
        120, gt=0, le=3600, description="Seconds that a request's body may take to come."
    )
    secure_cookies: Literal["auto", "always", "never"] = Field(
        "auto", description="Whether cookies are for https only; auto: where the request was https."
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses of proxies whose X-Forwarded-For and -Proto are believed, "
        "comma-separated; empty believes none.",
    )
    open_schools: int = Field(
        300,
        ge=1,
        le=100_000,
        description="Schools kept open in memory, a few MiB each; idle ones beyond are closed.",
    )
    gzip_level: int = Field(
        3, ge=0, le=9, description="How hard answers are packed: 0 not at all, 9 the hardest."
    )
    shutdown_s: int = Field(
        2, ge=0, le=600, description="Seconds that running requests get to finish at a stop."
    )
    backup_to: Path | None = Field(
        None,
        description="A folder that is there, on another disk, for backups of every school and the "
        "accounts (SQLite only); empty: none are taken, and tablets keep all that was written "
        "on them.",
    )
    backup_every_hours: float = Field(
        24, gt=0, le=24 * 31, description="A backup is taken this long after the last one."
    )
    backups_kept: int = Field(
        14, ge=1, le=10_000, description="So many backups stay; the oldest beyond are removed."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least serious thing worth a line in the log."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How a line is written; auto: text on a terminal, else json."
    )
    metrics_token: SecretStr | None = Field(
        None, description="If set, /metrics answers only to Authorization: Bearer <token>."
    )
    smtp_host: str = Field(
        "",
        description="The mail server that carries alarms and reminders; empty: none are mailed. "
        "Without it and without sms_webhook_url nobody is told that somebody out alone is not "
        "back.",
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="The mail server's port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the way to the mail server is kept private: starttls (port 587), tls from "
        "the first byte (port 465), none (only for one on this machine).",
    )
    smtp_user: str = Field("", description="The username at the mail server; empty: none.")
    smtp_password: SecretStr | None = Field(None, description="The password that belongs to it.")
    smtp_from: str = Field(
        "tidemark@localhost", description="The address that alarms are mailed from."
    )
    sms_webhook_url: str = Field(
        "",
        description="An https address that sends text messages: it is posted JSON with id, to and "
        "text. docs/alarms.md says how it is signed.",
    )
    sms_webhook_secret: SecretStr | None = Field(
        None, description="The secret that the posts to sms_webhook_url are signed with."
    )
    alarm_heartbeat_url: str = Field(
        "",
        description="An https address that is asked for every minute while alarms work, so that "
        "whoever watches it notices when they do not.",
    )
    local_sign_in: bool = Field(
        True, description="Whether usernames and passwords of this server's own let anybody in."
    )
    providers: tuple[ProviderSettings, ...] = Field(
        (),
        description="Sign-in providers (OpenID Connect), each a button on the sign-in page; "
        "docs/sign-in.md shows how to set one up.",
    )

    @field_validator("public_origin")
    @classmethod
    def _origin(cls, value: str) -> str:
        return origin_of(value) if value else ""

    @field_validator("sms_webhook_url", "alarm_heartbeat_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not is_safe(value):
            raise ValueError("it must be an https address (http only on this very machine)")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
            raise ValueError("it must be one address, as alarms@example.gov.uk")
        return value

    @model_validator(mode="after")
    def _ways_out(self) -> Settings:
        if self.sms_webhook_url and self.sms_webhook_secret is None:
            raise ValueError("sms_webhook_url needs sms_webhook_secret, to sign what it is sent")
        if self.smtp_user and self.smtp_password is None:
            raise ValueError("smtp_user needs smtp_password")
        return self

    def smtp_secret(self) -> str:
        """The mail server's password."""
        return "" if self.smtp_password is None else self.smtp_password.get_secret_value()

    @model_validator(mode="after")
    def _ways_in(self) -> Settings:
        ids = [one.id for one in self.providers]
        if len(set(ids)) < len(ids):
            raise ValueError("two of the providers have the same id; give each its own")
        if self.providers and not self.public_origin:
            raise ValueError("providers need public_origin, the address they send browsers back to")
        if not self.providers and not self.local_sign_in:
            raise ValueError(
                "local_sign_in is off and there are no providers: nobody could sign in"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only arguments: :func:`load` gathers the rest, and remembers where each came from."""
        return (init_settings,)


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
