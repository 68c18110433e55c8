"""Proving: which device a request comes from, by the proof it carries; asked once a request."""

from __future__ import annotations

from starlette.requests import Request

from server.devices.device import Device
from server.devices.parts import Parts
from server.devices.proofs import Address, Proof, check_time, read_proof
from server.devices.watched import watched
from server.problems import Refusal

__all__ = ["check_live", "proof_of", "proven"]

_READ = "tidemark.proof"
_NOTED = "tidemark.proven"


def proof_of(request: Request, parts: Parts) -> Proof | None:
    """The request's proof, right and of this time; None where it carries none.

    Raises ``Refusal``: ``proof_needed``, ``stale_proof``.
    """
    if _READ not in request.scope:
        sent = request.headers.getlist("dpop")
        if not sent:
            return None
        if len(sent) > 1:
            raise Refusal("proof_needed", "A request carries one proof, not several; send one.")
        path = request.scope.get("raw_path") or request.scope["path"].encode()
        address = Address(request.method, request.headers.get("host", ""), path.decode("latin-1"))
        proof = read_proof(sent[0], address)
        check_time(proof, parts.clock)
        watched(request.scope).expect(proof.bth)
        request.scope[_READ] = proof
    found: Proof = request.scope[_READ]
    return found


async def proven(request: Request, parts: Parts) -> Device | None:
    """The enrolled device that a request's proof is of, revoked or not.

    None for a request without a proof, or with that of a key nobody enrolled. Raises ``Refusal``:
    ``proof_needed`` (also for one that came before), ``stale_proof``.
    """
    proof = proof_of(request, parts)
    device = None if proof is None else await parts.registry.of(proof.device)
    if proof is not None and device is not None and _NOTED not in request.scope:
        parts.replays.note(proof)
        request.scope[_NOTED] = True
    return device


def check_live(device: Device | None) -> None:
    """Raise ``Refusal`` (``device_revoked``, with ``revoked_at``) for a device that was revoked."""
    if device is not None and device.revoked is not None:
        raise Refusal(
            "device_revoked",
            "This tablet was revoked by the school. It hands over what it has not sent, then "
            "removes everything it holds.",
            members={"revoked_at": device.revoked.at},
        )
