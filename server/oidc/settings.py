"""A sign-in provider as ``tidemark.toml`` describes it: one ``[[providers]]`` each."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from schemas.base import OpaqueId
from schemas.policy import Role
from schemas.signing_in import ProviderId

__all__ = ["ProviderSettings", "RoleRule", "is_safe", "origin_of"]

_CLAIM = Annotated[str, Field(min_length=1, max_length=200)]


class RoleRule(BaseModel):
    """Whoever has ``value`` in ``claim`` works in ``schools`` as ``role``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim: _CLAIM = "groups"
    value: _CLAIM
    role: Role
    schools: Annotated[tuple[OpaqueId, ...], Field(min_length=1)]
    groups: tuple[OpaqueId, ...] = ()


class ProviderSettings(BaseModel):
    """One OpenID Connect provider. The descriptions go into the settings file's template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ProviderId = Field(
        description="Its short name in addresses (a-z, 0-9, -). Never change it: the redirect URI "
        "registered with the provider is <public_origin>/sign-in/<id>/callback."
    )
    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="What stands on its button: the school's or trust's name for these accounts."
    )
    issuer: str = Field(
        description="Its issuer, letter by letter as its discovery document says it (https)."
    )
    client_id: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="The id that the provider gave to Tidemark."
    )
    client_secret: SecretStr | None = Field(
        None,
        description="The secret that came with it; better kept elsewhere: see the next two. "
        "Without any, Tidemark is a public client and relies on PKCE alone.",
    )
    client_secret_file: Path | None = Field(
        None, description="A file that holds the secret instead, and nothing else."
    )
    client_secret_env: str | None = Field(
        None, description="A variable of the environment that holds the secret instead."
    )
    scopes: tuple[str, ...] = Field(
        ("openid", "profile", "email"), description="What is asked of the provider."
    )
    link: str = Field(
        "",
        description="The claim that is somebody's username here. It links the account that is "
        "there, once, at their first sign-in; after that only issuer and sub count. Empty links "
        "nobody. With email, only an address that the provider says it verified counts.",
    )
    require: Mapping[str, str] = Field(
        default_factory=dict,
        description="Claims without which nobody gets in, for example "
        '{ hd = "school.example" } for one Google Workspace.',
    )
    provision: bool = Field(
        False,
        description="Whether people without an account here get one at their first sign-in; "
        "roles must then say what as.",
    )
    roles: tuple[RoleRule, ...] = Field(
        (),
        description="What claims give: [[providers.roles]] with claim (groups unless said), value, "
        "role, schools and, for teachers, groups. Empty: roles are kept by hand.",
    )
    apply_roles: Literal["every sign-in", "first sign-in"] = Field(
        "every sign-in",
        description="When roles are applied. At every sign-in, whoever has none left is let in "
        "nowhere.",
    )
    userinfo: bool = Field(
        False,
        description="Whether to ask the provider's userinfo endpoint too, for claims that its "
        "id_token lacks.",
    )
    prompt: Literal["", "login", "select_account"] = Field(
        "",
        description="login asks for the password each time, select_account which account it "
        "shall be: for tablets that several people share.",
    )
    end_session: bool = Field(
        True,
        description="Whether signing out here also leads to the provider's own sign-out, where it "
        "has one.",
    )

    @property
    def schools(self) -> frozenset[str]:
        """The schools that its roles are about: it has no say on anybody's work elsewhere."""
        return frozenset(school for rule in self.roles for school in rule.schools)

    @field_validator("client_secret", "client_secret_file", "client_secret_env", mode="before")
    @classmethod
    def _said(cls, value: object) -> object:
        """Nothing between the quotes is not said, as with every other setting."""
        return None if value == "" else value

    @field_validator("issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        address = urlsplit(value)
        if address.query or address.fragment or not is_safe(value):
            raise ValueError(
                "an issuer is an https address without ? and # (http only on this very machine)"
            )
        return value

    @field_validator("scopes")
    @classmethod
    def _scopes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value or any(not one or set(one) & set(' "\\') for one in value):
            raise ValueError("scopes are words, and openid is one of them")
        return value

    @model_validator(mode="after")
    def _whole(self) -> ProviderSettings:
        said = (self.client_secret, self.client_secret_file, self.client_secret_env)
        if sum(one is not None for one in said) > 1:
            raise ValueError("say the client's secret in one of the three ways, not in several")
        if self.provision and not self.roles:
            raise ValueError("provision needs roles: without any, nobody new could work anywhere")
        if not self.link and not self.provision:
            raise ValueError("nobody could sign in: say link, or provision with roles")
        self.secret()
        return self

    def secret(self) -> str | None:
        """The client's secret; None for a public client. Raises ``ValueError`` if it is gone."""
        if self.client_secret_file is not None:
            try:
                found = self.client_secret_file.read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise ValueError(f"{self.client_secret_file} cannot be read") from None
            if not found:
                raise ValueError(f"{self.client_secret_file} is empty")
            return found
        if self.client_secret_env is not None:
            found = os.environ.get(self.client_secret_env, "")
            if not found:
                raise ValueError(f"the variable {self.client_secret_env} is not set")
            return found
        return self.client_secret.get_secret_value() if self.client_secret is not None else None

    def rows(self) -> list[tuple[str, str]]:
        """Each setting as it is shown to whoever runs the server: no secret in it."""
        return [(name, _shown(getattr(self, name))) for name in type(self).model_fields]


def _shown(value: Any) -> str:
    if isinstance(value, RoleRule):
        groups = f" ({', '.join(value.groups)})" if value.groups else ""
        where = ", ".join(value.schools)
        return f"{value.claim}={value.value}: {value.role.value} in {where}{groups}"
    if isinstance(value, tuple):
        return "; ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={one}" for name, one in value.items())
    return "" if value is None else str(value)


def _is_loopback(host: str) -> bool:
    """Whether a host's name is this very machine's."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(address: str) -> bool:
    """https, or http on this machine; with a host and without anybody's password."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def origin_of(address: str) -> str:
    """An origin as browsers write it. Raises ``ValueError`` for what is none."""
    parts = urlsplit(address)
    if not is_safe(address) or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(
            "an origin is https:// and a host, for example https://tidemark.example.sch.uk "
            "(http only on this very machine)"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"
