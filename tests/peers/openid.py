"""A real OpenID provider for the tests: npm's ``oidc-provider``, each in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.peers.couch import FOLDER, free_port

CLIENT, SECRET = "tidemark", "a fictional secret of the client's"


@dataclass(frozen=True)
class OpenId:
    """A running provider, and the lever that turns it to the bad."""

    issuer: str

    def turn(self, **changes: Any) -> dict[str, Any]:
        """Change what it does, and read what it has done so far."""
        answer = httpx2.post(f"{self.issuer}/test", json=changes, timeout=30)
        said: dict[str, Any] = answer.json()
        return said


@contextmanager
def openid(
    people: dict[str, dict[str, Any]], tidemark: str, name: str, **more: Any
) -> Iterator[OpenId]:
    """Run a provider with these people; ``tidemark`` is its client's origin, ``name`` its id there.

    ``more`` are changes of the client's registration, or ``idTokenClaims``.
    """
    assert (FOLDER / "node_modules/oidc-provider").exists(), "run .ci/environment peers"
    port = free_port()
    base = f"{tidemark}/sign-in"
    client = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [f"{base}/{name}/callback"],
        "post_logout_redirect_uris": [base],
        "backchannel_logout_uri": f"{base}/{name}/logout",
        "backchannel_logout_session_required": True,
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
    }
    shape = {"idTokenClaims": more.pop("idTokenClaims", True)}
    config = {"port": port, "people": people, "clients": [client | more], **shape}
    ours = FOLDER.parent.parent / ".venv/bin/node"
    node = str(ours) if ours.exists() else shutil.which("node") or "node"
    process = subprocess.Popen(
        [node, str(FOLDER / "openid.mjs"), json.dumps(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("listening"):
                break
        else:
            raise AssertionError("the provider did not start:\n" + "".join(said))
        yield OpenId(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
