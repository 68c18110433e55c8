"""A data folder has one server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from sync.errors import StoreBusy
from sync.stores.sqlite import SqliteStore
from sync.stores.sqlite.lock import FILE, FolderLock

HOLDER = """
import sys
from pathlib import Path
from sync.stores.sqlite import SqliteStore
SqliteStore(Path(sys.argv[1]), address="http://127.0.0.1:4321", started="2026-09-07T08:00:00Z")
print("held", flush=True)
sys.stdin.read()
"""


def take(folder: Path, address: str = "", started: str = "") -> FolderLock:
    return FolderLock.take(folder, address=address, started=started)


def test_a_second_process_is_refused_and_told_about_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(StoreBusy) as caught:
            SqliteStore(tmp_path)
        first.kill()
    sentence = str(caught.value)
    assert f"process {first.pid} on {socket.gethostname()}" in sentence
    assert "http://127.0.0.1:4321" in sentence
    assert "2026-09-07T08:00:00Z" in sentence
    assert str(tmp_path) in sentence
    assert "Stop that server first" in sentence
    take(tmp_path).release()  # its holder is gone, however it went


async def test_a_second_store_in_one_process_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, address="http://here")
    with pytest.raises(StoreBusy, match="http://here"):
        SqliteStore(tmp_path)
    await store.close()
    await SqliteStore(tmp_path).close()


def test_the_file_says_who_holds_it(tmp_path: Path) -> None:
    lock = take(tmp_path, "http://here", "now")
    assert orjson.loads((tmp_path / FILE).read_bytes()) == {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "address": "http://here",
        "started": "now",
    }
    lock.release()
    assert (tmp_path / FILE).read_bytes() == b""


@pytest.mark.parametrize("text", [b"", b"half", b"[]", b"{}"])
def test_a_holder_that_says_nothing_is_some_process(tmp_path: Path, text: bytes) -> None:
    lock = take(tmp_path)
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(StoreBusy, match=r"in use by another Tidemark server: a process\. Stop"):
        take(tmp_path)
    lock.release()


def test_a_longer_text_of_an_earlier_holder_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"x" * 5000)
    lock = take(tmp_path)
    assert orjson.loads((tmp_path / FILE).read_bytes())["pid"] == os.getpid()
    lock.release()
