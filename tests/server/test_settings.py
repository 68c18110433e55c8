"""Settings: where a value comes from, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from server.settings import FILE_NAME, Settings, SettingsError, load, template


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
    live = "\n".join(line.removeprefix("# ") for line in text.splitlines() if " = " in line)
    written(here / "data", live)
    assert load().settings == Settings()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert name == "data" or f"\n# {name} = " in text
