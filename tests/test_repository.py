"""The committed files: locks that any mirror can serve, and nothing that belongs to one machine."""

import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
# Written in pieces, so that this file does not name what it looks for.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
TEXT = {
    *(".py", ".md", ".toml", ".lock", ".json", ".ts", ".tsx", ".mjs", ".html", ".css", ".scss"),
    *(".svg", ".yaml", ".yml", ".sh", ".txt", ".csv", ".cfg", ".service", ""),
}


@cache
def committed() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(path for path in paths if path.is_file() and not path.is_symlink())


def texts() -> list[Path]:
    return [path for path in committed() if path.suffix in TEXT]


def test_git_lists_this_file() -> None:
    assert (ROOT / "pyproject.toml") in committed()


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_package_host(host: str) -> None:
    naming = [str(path.relative_to(ROOT)) for path in texts() if host in path.read_text("utf-8")]
    assert not naming, f"{host} stands in {naming}"


@pytest.mark.parametrize("lock", LOCKS)
def test_python_locks_pin_digests_and_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    pin = r"^([a-z0-9][\w.\[\]-]*)==\S+.*\\\n((?:    --hash=sha256:.*\n)+)"
    pins = re.findall(pin, text, re.MULTILINE)
    named = re.findall(r"^([a-z0-9][\w.\[\]-]*)", text, re.MULTILINE)
    assert [name for name, _ in pins] == named


def test_the_locks_agree_on_versions() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(
            r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE
        ):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for lock, wanted in (
        ("requirements.lock", project["project"]["dependencies"]),
        ("requirements-build.lock", project["dependency-groups"]["build"]),
        ("requirements-dev.lock", project["dependency-groups"]["dev"]),
    ):
        locked = set(re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        named = (re.match(r"[\w.-]+", want) for want in wanted if isinstance(want, str))
        missing = {name[0] for name in named if name and name[0].lower() not in locked}
        assert not missing, f"{lock} lacks {sorted(missing)}: run make lock"


def test_the_tablet_lock_is_in_step_pins_digests_and_names_no_host() -> None:
    package = json.loads((ROOT / "pwa/package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "pwa/package-lock.json").read_text("utf-8"))["packages"]
    for group in ("dependencies", "devDependencies"):
        assert package[group] == locked[""][group], (
            f"pwa/package-lock.json: run make lock ({group})"
        )
    packages = {name: entry for name, entry in locked.items() if name}
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if not entry.get("integrity")]


def test_the_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    package = json.loads((ROOT / "pwa/package.json").read_text("utf-8"))
    assert project["version"] == package["version"]


def test_no_file_names_a_path_of_one_machine() -> None:
    pattern = re.compile(r"(?<![\w./-])/(?:home|root|Users)/\w+")
    naming = [
        str(path.relative_to(ROOT)) for path in texts() if pattern.search(path.read_text("utf-8"))
    ]
    assert not naming


@pytest.mark.parametrize("path", sorted(ROOT.glob(".ci/*")), ids=lambda path: path.name)
def test_scripts_can_be_run(path: Path) -> None:
    if path.read_text("utf-8").startswith("#!"):
        assert path.stat().st_mode & 0o111, f"{path} starts with #! and is not executable"
    else:
        assert path.name in {"stages", "count.py"}
