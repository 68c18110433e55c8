"""Runs the tablet's TypeScript on questions from Python: one file in, one file out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


def ask_the_tablet(tmp_path: Path, program: str, questions: Any) -> Any:
    """Bundle ``tests/pwa/domain/<program>``, so that any Node runs it, and let it answer."""
    node = shutil.which("node", path=f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    bundler = ROOT / "pwa" / "node_modules" / "rolldown" / "bin" / "cli.mjs"
    assert node, "no node to run the tablet's code with: run `.ci/environment run`"
    assert bundler.is_file(), f"{bundler} is missing: run `.ci/environment app`"
    asked, answered, bundle = (tmp_path / one for one in ("asked.json", "answered.json", "b.mjs"))
    asked.write_text(json.dumps(questions), "utf-8")
    source = ROOT / "tests" / "pwa" / "domain" / program
    options = ["--file", str(bundle), "--format", "esm", "--platform", "node"]
    command = [node, str(bundler), str(source), *options]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT / "pwa")
    subprocess.run([node, str(bundle), str(asked), str(answered)], check=True)
    return json.loads(answered.read_text("utf-8"))
