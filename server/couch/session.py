"""Who calls: the one administrator, by Basic credentials or by an ``AuthSession`` cookie.

Credentials are compared in constant time, and with no slow hash: the password is one of a
server's configuration, in its memory in any case. A cookie says until when it is good, signed
with a secret that lives as long as the process.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import parse_qsl

from server.couch.call import Call, Header, parse_json
from server.couch.faults import Fault, not_allowed
from sync.clock import Clock

__all__ = ["LIFE_S", "Admin", "session"]

LIFE_S = 600
"""How long a cookie is good, in seconds, as CouchDB's."""
RENEWED_S = 60
"""A cookie of this age is replaced."""
REMEMBERED = 256
"""Cookie headers remembered at most."""
WRONG = "Name or password is incorrect."
_COOKIE = b"AuthSession="
_ATTRIBUTES = b"; Version=1; Path=/; HttpOnly; SameSite=Lax; Max-Age="


class Admin:
    """The administrator, and how to know them again."""

    def __init__(self, name: str, password: str, clock: Clock, secret: bytes) -> None:
        self.name = name
        self._pair = f"{name}:{password}".encode()
        self._basic = b"Basic " + base64.b64encode(self._pair)
        self._clock = clock
        self._secret = secret
        self._good: dict[bytes, int] = {}
        """Cookie headers that were found good, and since when: not unsealed with every request."""

    def knows(self, call: Call) -> bool:
        """Whether the administrator makes this call; nobody does where nothing says who.

        Raises ``Fault`` for wrong credentials, and for a cookie that is none of ours.
        """
        said: bytes | None = None
        for key, value in call.scope["headers"]:
            if key == b"authorization":
                said = value
            elif key == b"cookie" and _COOKIE in value and self._has_cookie(value, call):
                return True
        if said is None:
            return False
        if hmac.compare_digest(said, self._basic):
            return True
        return self._has_basic(said)

    def is_right(self, name: str, password: str) -> bool:
        """Whether these are the administrator's credentials."""
        given = f"{name}:{password}".encode("utf-8", "surrogatepass")
        return ":" not in name and hmac.compare_digest(given, self._pair)

    def _has_basic(self, said: bytes) -> bool:
        kind, _, value = said.partition(b" ")
        if kind.lower() != b"basic":
            return False
        try:
            pair = base64.b64decode(value.strip(), validate=True)
        except binascii.Error:
            return False
        if b":" not in pair:
            return False
        if not hmac.compare_digest(pair, self._pair):
            raise Fault("unauthorized", WRONG)
        return True

    def cookie(self) -> Header:
        """A new cookie, as a header."""
        value = self._sealed(f"{self.name}:{self._now():X}".encode())
        return (b"set-cookie", _COOKIE + value + _ATTRIBUTES + b"%d" % LIFE_S)

    def _now(self) -> int:
        return self._clock.now_ms() // 1000

    def _sealed(self, claim: bytes) -> bytes:
        mac = hmac.digest(self._secret, claim, "sha256")
        return base64.urlsafe_b64encode(claim + b":" + mac).rstrip(b"=")

    def _has_cookie(self, header: bytes, call: Call) -> bool:
        since = self._good.get(header)
        if since is None:
            since = self._unsealed(header)
            if since is None:
                return False
            if len(self._good) >= REMEMBERED:
                self._good.clear()
            self._good[header] = since
        age = self._now() - since
        if age >= LIFE_S:
            return False
        if age >= RENEWED_S:
            call.extra.append(self.cookie())
        return True

    def _unsealed(self, header: bytes) -> int | None:
        """Since when the cookie in a header is good, in seconds; None for one that is not ours."""
        value = _value(header)
        if not value:
            return None
        try:
            sealed = base64.urlsafe_b64decode(value + b"=" * (-len(value) % 4))
            name, stamp, _ = sealed.split(b":", 2)
            since = int(stamp, 16)
        except ValueError:
            reason = "Malformed AuthSession cookie. Please clear your cookies."
            raise Fault("bad_request", reason) from None
        right = hmac.compare_digest(self._sealed(name + b":" + stamp), value.rstrip(b"="))
        return since if right else None


def _value(header: bytes) -> bytes:
    for part in header.split(b";"):
        name, _, value = part.strip().partition(b"=")
        if name == b"AuthSession":
            return value.strip(b'"')
    return b""


NO_COOKIE: Header = (b"set-cookie", _COOKIE + _ATTRIBUTES + b"0")


async def session(admin: Admin, call: Call, *, known: bool) -> None:
    """``/_session``: who is signed in; sign in; sign out."""
    if call.method == "GET":
        await _tell(admin, call, known=known)
    elif call.method == "POST":
        name, password = _credentials(call, await call.body())
        if admin.is_right(name, password):
            answer = {"ok": True, "name": name, "roles": ["_admin"]}
            await call.reply_json(200, answer, (admin.cookie(),))
        else:
            raise Fault("unauthorized", WRONG, (NO_COOKIE,))
    elif call.method == "DELETE":
        await call.reply_json(200, {"ok": True}, (NO_COOKIE,))
    else:
        raise not_allowed("GET,HEAD,POST,DELETE")


async def _tell(admin: Admin, call: Call, *, known: bool) -> None:
    if not known and call.query.get("basic") == "true":
        raise Fault("unauthorized", "Please login.")
    info: dict[str, object] = {"authentication_handlers": ["cookie", "default"]}
    if known:
        by_cookie = call.header(b"authorization") is None
        info["authenticated"] = "cookie" if by_cookie else "default"
    who: dict[str, object] = {"name": None, "roles": []}
    if known:
        who = {"name": admin.name, "roles": ["_admin"]}
    await call.reply_json(200, {"ok": True, "userCtx": who, "info": info})


def _credentials(call: Call, body: bytes) -> tuple[str, str]:
    kind = (call.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    form: dict[str, object]
    if kind == b"application/x-www-form-urlencoded":
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == b"application/json":
        value = parse_json(body)
        if not isinstance(value, dict):
            raise Fault("bad_request", "Request body must be a JSON object")
        form = value
    else:
        raise Fault(
            "bad_content_type",
            "Content-Type must be 'application/x-www-form-urlencoded' or 'application/json'",
        )
    names = {form[key] for key in ("name", "username") if isinstance(form.get(key), str)}
    if not names:
        raise Fault("bad_request", "request body must contain a username")
    if len(names) > 1:
        raise Fault("bad_request", "request body contains different usernames")
    password = form.get("password", "")
    return str(names.pop()), password if isinstance(password, str) else ""
