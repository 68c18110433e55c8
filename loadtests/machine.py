"""The machine a run was made on: what a figure means nothing without."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

import apsw

from loadtests.latencies import Latencies

__all__ = ["busy_share", "cores", "cpu_s", "describe", "sentence"]

FSYNCS = 200
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parent.parent


def describe(folder: Path) -> dict[str, Any]:
    """Describe the machine; ``folder`` is where the databases will be, so its disk is timed."""
    fsync = _fsync(folder)
    return {
        "cores": cores(),
        "processor": _processor(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "file_system": _file_system(folder),
        "fsync_p50_ms": round(fsync.percentile(0.5), 3),
        "fsync_p95_ms": round(fsync.percentile(0.95), 3),
        "load_1min_before": round(os.getloadavg()[0], 2),
        "commit": _commit(),
        "changed_since_commit": _is_changed(),
    }


def sentence(machine: dict[str, Any]) -> str:
    """The description in one line."""
    changed = " with changes" if machine["changed_since_commit"] else ""
    return (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, Linux "
        f"{machine['kernel']}, Python {machine['python']}, SQLite {machine['sqlite']}, "
        f"{machine['file_system']} with fsync p50 {machine['fsync_p50_ms']} ms and p95 "
        f"{machine['fsync_p95_ms']} ms, load before {machine['load_1min_before']}, "
        f"commit {machine['commit']}{changed}"
    )


def cpu_s() -> float:
    """Processor seconds that everything on this machine has used, and what its host took away."""
    first = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0]
    user, nice, system, _idle, _wait, *rest = map(int, first.split()[1:9])
    return (user + nice + system + sum(rest)) * TICK_S


def busy_share(seconds: float) -> float:
    """The share of all processors (0 to 1) that is busy over the next ``seconds``."""
    used, began = cpu_s(), time.monotonic()
    time.sleep(seconds)
    return (cpu_s() - used) / (time.monotonic() - began) / cores()


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))


def _fsync(folder: Path) -> Latencies:
    """How long the disk takes to say that 4 KiB more are safe."""
    taken = Latencies()
    path = folder / "fsync.probe"
    with path.open("wb", buffering=0) as file:
        for _ in range(FSYNCS):
            file.write(os.urandom(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.add_s(time.perf_counter() - began)
    path.unlink()
    return taken


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    """The kind of file system ``folder`` is on; never its path."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text("utf-8").splitlines():
        _, mount, found, *_ = line.split()
        if folder.resolve().is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, found
    return kind


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _commit() -> str:
    return _git("rev-parse", "--short=10", "HEAD") or "none"


def _is_changed() -> bool:
    return bool(_git("status", "--porcelain", "--untracked-files=no", "schemas", "sync", "server"))
