"""Settings: where a value comes from, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from server.oidc.settings import ProviderSettings
from server.settings import Settings, SettingsError
from server.settings_file import FILE_NAME, load, template


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it, and an environment that says nothing."""
    for name in list(os.environ):
        if name.startswith("TIDEMARK_") or name in {"PORT", "DATA"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_text(text)


def test_unless_said_otherwise() -> None:
    loaded = load()
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.file == Path("data") / FILE_NAME
    assert (loaded.settings.host, loaded.settings.port) == ("127.0.0.1", 8000)


def test_each_says_where_it_comes_from(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(here / "d", 'port = 1\nhost = "a"\nlog_level = "debug"\ngzip_level = 1\nstatic = ""\n')
    monkeypatch.setenv("TIDEMARK_HOST", "b")
    monkeypatch.setenv("TIDEMARK_LOG_LEVEL", "error")
    monkeypatch.setenv("PORT", "2")
    loaded = load({"data": here / "d", "log_level": "warning", "host": None})
    settings = loaded.settings
    assert (settings.port, settings.host, settings.log_level) == (2, "b", "warning")
    assert settings.gzip_level == 1
    assert settings.static is None
    assert {name: loaded.origins[name] for name in ("data", "port", "host", "log_level")} == {
        "data": "command line",
        "port": "PORT",
        "host": "TIDEMARK_HOST",
        "log_level": "command line",
    }
    assert loaded.origins["gzip_level"] == str(here / "d" / FILE_NAME)


def test_the_longer_name_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", "short")
    assert load().settings.data == Path("short")
    monkeypatch.setenv("TIDEMARK_DATA", "long")
    monkeypatch.setenv("TIDEMARK_PORT", "")
    loaded = load()
    assert loaded.settings.data == Path("long")
    assert loaded.origins["data"] == "TIDEMARK_DATA"
    assert loaded.settings.port == 8000


def test_the_file_can_be_elsewhere(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "other.toml").write_text('host = "from-elsewhere"')
    monkeypatch.setenv("TIDEMARK_SETTINGS", str(here / "other.toml"))
    assert load().settings.host == "from-elsewhere"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("port = 99999", "port"),
        ('port = "x"', "port"),
        ("session_hours = 0", "session_hours"),
        ('secure_cookies = "perhaps"', "secure_cookies"),
        ("prot = 1", "prot"),
        ("port = ", FILE_NAME),
    ],
)
def test_what_cannot_be_used_is_named_with_who_said_it(here: Path, text: str, named: str) -> None:
    written(here / "data", text)
    with pytest.raises(SettingsError) as raised:
        load()
    assert named in raised.value.sentence
    assert FILE_NAME in raised.value.sentence


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(SettingsError, match=r"port \(from PORT\)"):
        load()


def test_misspelt_variables_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEMARK_PROT", "1")
    monkeypatch.setenv("TIDEMARK_TEST_COUCHDB_URL", "x")
    assert load().unknown == ("TIDEMARK_PROT",)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEMARK_METRICS_TOKEN", "a-secret")
    loaded = load()
    assert loaded.settings.metrics_token is not None
    assert loaded.settings.metrics_token.get_secret_value() == "a-secret"
    assert "a-secret" not in str(loaded.rows())


def test_the_written_file_changes_nothing_and_explains_everything(here: Path) -> None:
    text = template()
    assert tomllib.loads(text) == {}
    live = "\n".join(re.findall(r"^# (\w+ = .*)$", text, re.MULTILINE))
    written(here / "data", live)
    assert load().settings == Settings()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert name in {"data", "providers"} or f"\n# {name} = " in text


def test_the_example_of_a_provider_in_the_written_file_can_be_used(here: Path) -> None:
    secret = here / "trust.secret"
    secret.write_text("a-secret\n", "utf-8")
    lines = [one for one in template().splitlines() if one.startswith("## ")]
    example = "\n".join(line.removeprefix("## ") for line in lines)
    example = example.replace("/etc/tidemark/trust.secret", str(secret))
    shown = set(tomllib.loads(example)["providers"][0])
    assert set(ProviderSettings.model_fields) == shown
    written(here / "data", f'public_origin = "https://Tidemark.Example.sch.uk/"\n{example}')
    settings = load().settings
    (provider,) = settings.providers
    assert settings.public_origin == "https://tidemark.example.sch.uk"
    assert provider.secret() == "a-secret"
    assert provider.roles[0].role == "attendance_officer"


PROVIDER = """
[[providers]]
id = "trust"
name = "Example Trust"
issuer = "https://idp.example.sch.uk"
client_id = "tidemark"
link = "preferred_username"
"""
ORIGIN = 'public_origin = "https://tidemark.example.sch.uk"\n'


def test_a_provider_is_shown_without_its_secret(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = """client_secret = "a-secret"
require = { hd = "school.example" }
[[providers.roles]]
value = "staff"
role = "class_teacher"
schools = ["sch-1", "sch-2"]
groups = ["form-1"]
"""
    written(here / "data", ORIGIN + PROVIDER + more)
    loaded = load()
    rows = {name: (value, origin) for name, value, origin in loaded.rows()}
    assert rows["providers.trust.client_secret"] == ("**********", str(loaded.file))
    assert rows["providers.trust.require"][0] == "hd=school.example"
    assert rows["providers.trust.roles"][0] == (
        "groups=staff: class_teacher in sch-1, sch-2 (form-1)"
    )
    assert rows["providers.trust.scopes"][0] == "openid; profile; email"
    assert "a-secret" not in str(rows)
    monkeypatch.setenv("TIDEMARK_TRUST_SECRET", "from the environment")
    written(here / "data", ORIGIN + PROVIDER + 'client_secret_env = "TIDEMARK_TRUST_SECRET"')
    loaded = load()
    assert loaded.settings.providers[0].secret() == "from the environment"
    assert loaded.unknown == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PROVIDER, "do not fit together: providers need public_origin"),
        (ORIGIN + PROVIDER + PROVIDER, "two of the providers have the same id"),
        ("local_sign_in = false", "nobody could sign in"),
        ('public_origin = "http://tidemark.example"', "an origin is https:// and a host"),
        ('public_origin = "https://tidemark.example/app"', "an origin is https:// and a host"),
        ('public_origin = "https://a:b@tidemark.example"', "an origin is https:// and a host"),
        ('public_origin = "https://tidemark.example:x"', "an origin is https:// and a host"),
        (ORIGIN + PROVIDER.replace("https://idp", "http://idp"), "providers 1, issuer"),
        (ORIGIN + PROVIDER.replace(".uk", ".uk?x"), "an issuer is an https address"),
        (ORIGIN + PROVIDER.replace('"trust"', '"Trust"'), "providers 1, id"),
        (ORIGIN + PROVIDER.replace("link", "lnik"), "providers 1, lnik"),
        (ORIGIN + PROVIDER.replace('"preferred_username"', '""'), "nobody could sign in: say link"),
        (ORIGIN + PROVIDER + "provision = true", "provision needs roles"),
        (ORIGIN + PROVIDER + 'scopes = ["email"]', "openid is one of them"),
        (ORIGIN + PROVIDER + 'client_secret_env = "TIDEMARK_NO_SUCH"', "NO_SUCH is not set"),
        (ORIGIN + PROVIDER + 'client_secret_file = "gone"', "gone cannot be read"),
        (ORIGIN + PROVIDER + 'client_secret_file = "empty"', "empty is empty"),
        (
            ORIGIN + PROVIDER + 'client_secret = "a-secret"\nclient_secret_env = "X"',
            "in one of the three ways",
        ),
        (
            ORIGIN + PROVIDER + '[[providers.roles]]\nvalue = "x"\nrole = "boss"\nschools = ["s"]',
            "providers 1, roles 1, role",
        ),
    ],
)
def test_a_provider_that_cannot_be_is_one_sentence(here: Path, text: str, said: str) -> None:
    (here / "empty").write_text("\n", "utf-8")
    written(here / "data", text)
    with pytest.raises(SettingsError) as raised:
        load()
    sentence = raised.value.sentence
    assert said in sentence
    assert "a-secret" not in sentence
    assert "\n" not in sentence


def test_providers_in_the_environment_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEMARK_PROVIDERS", "trust")
    with pytest.raises(SettingsError, match="not JSON"):
        load()
    monkeypatch.setenv("TIDEMARK_PUBLIC_ORIGIN", "http://127.0.0.1:8000")
    provider = '{"id": "a", "name": "A", "issuer": "http://[::1]:1", "client_id": "c", "link": "x"}'
    monkeypatch.setenv("TIDEMARK_PROVIDERS", f"[{provider}]")
    assert load().settings.providers[0].issuer == "http://[::1]:1"
