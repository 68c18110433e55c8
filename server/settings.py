"""Every setting of the server: what it is for, and what it is unless said otherwise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from schemas.errors import TidemarkError
from server.oidc.settings import ProviderSettings, is_safe, origin_of

__all__ = ["PREFIX", "Settings", "SettingsError"]

PREFIX = "TIDEMARK_"


class SettingsError(TidemarkError):
    """A setting cannot be used; the sentence names it, and who said it."""

    code = "bad_settings"


class Settings(BaseSettings):
    """All settings, checked, as :func:`server.settings_file.load` gathers them."""

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
        """Only arguments: ``load`` gathers the rest, and remembers where each came from."""
        return (init_settings,)
