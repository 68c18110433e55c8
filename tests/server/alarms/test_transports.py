"""Mail and SMS as they go out: private on the way, signed, tried again, naming nobody in errors."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from server.alarms.mail import Mail
from server.alarms.message import Message
from server.alarms.sms import Sms, signature
from server.alarms.transport import NotSent
from server.settings import Settings
from tests.factory import SetClock
from tests.server.alarms.area import SECRET, MailServer, Webhook, messages, ways

MESSAGE = Message("0123456789", "ALARM: Fay Field is not back", "Ring them: 01632960009.")
TO = "staff-lee@example.gov.uk"


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate of ``localhost`` that is believed for as long as the test runs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "cert.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return context


def mail_to(server: MailServer, **more: Any) -> Mail:
    return Mail(Settings(**(ways(server, None) | more)), timeout_s=5)


async def test_a_mail_is_one_mail_however_often_it_is_sent(sent):
    server, _ = sent
    for _ in range(2):
        await mail_to(server).send(TO, MESSAGE)
    one, two = server.mails
    assert one["Message-ID"] == two["Message-ID"] == "<0123456789@example.gov.uk>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one.get_content().strip() == MESSAGE.text


async def test_starttls_with_a_name_and_password(sent, trusted):
    server, _ = sent

    def check(server: Any, session: Any, envelope: Any, mechanism: Any, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"alarms", b"a secret"))

    controller = Controller(
        server,
        hostname="localhost",
        port=server.port + 1,
        tls_context=trusted,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    try:
        where = {"smtp_host": "localhost", "smtp_port": server.port + 1, "smtp_user": "alarms"}
        secure = {**where, "smtp_security": "starttls", "smtp_password": "a secret"}
        await mail_to(server, **secure).send(TO, MESSAGE)
        await mail_to(server, **secure).probe()
        assert len(server.mails) == 1
        wrong = mail_to(server, **(secure | {"smtp_password": "another"}))
        with pytest.raises(NotSent) as caught:
            await wrong.send(TO, MESSAGE)
        assert caught.value.sentence in {"SMTP 535", "SMTPServerDisconnected"}
        with pytest.raises(NotSent):
            await mail_to(server, **(secure | {"smtp_security": "none"})).send(TO, MESSAGE)
    finally:
        controller.stop()


async def test_tls_from_the_first_byte_and_nobody_else_is_believed(sent, trusted, monkeypatch):
    server, _ = sent
    controller = Controller(server, hostname="localhost", port=server.port + 2, ssl_context=trusted)
    controller.start()
    where = {"smtp_host": "localhost", "smtp_port": server.port + 2, "smtp_security": "tls"}
    try:
        await mail_to(server, **where).send(TO, MESSAGE)
        assert len(server.mails) == 1
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(NotSent) as caught:
            await mail_to(server, **where).send(TO, MESSAGE)
        assert caught.value.sentence == "SSLCertVerificationError"
    finally:
        controller.stop()


async def test_what_the_mail_server_says_of_somebody_is_not_told(sent):
    server, _ = sent
    server.refuses = True
    with pytest.raises(NotSent) as caught:
        await mail_to(server).send(TO, MESSAGE)
    assert caught.value.sentence == "SMTP 451"
    nobody = mail_to(server, smtp_port=1)
    with pytest.raises(NotSent) as caught:
        await nobody.send(TO, MESSAGE)
    assert caught.value.sentence == "ConnectionRefusedError"
    with pytest.raises(NotSent):
        await nobody.probe()


async def test_an_address_that_is_none_is_trouble_and_no_fault(sent):
    server, _ = sent
    with pytest.raises(NotSent):
        await mail_to(server).send("somebody\nBcc: other@example.org", MESSAGE)
    assert not server.mails


async def test_a_text_is_signed_and_tried_again(sent):
    _, webhook = sent
    sms = Sms(Settings(**ways(None, webhook)), SetClock(), pause_s=0.01)
    await sms.send("01632960001", MESSAGE)
    assert webhook.texts == [
        {
            "id": "0123456789",
            "to": "01632960001",
            "text": "ALARM: Fay Field is not back. Ring them: 01632960009.",
        }
    ]
    for status, asked in ((503, 3), (400, 1), (429, 3), (302, 3)):
        webhook.status, webhook.asked = status, 0
        with pytest.raises(NotSent) as caught:
            await sms.send("01632960001", MESSAGE)
        assert (caught.value.sentence, webhook.asked) == (f"HTTP {status}", asked)
    webhook.close()
    with pytest.raises(NotSent) as caught:
        await sms.send("01632960001", MESSAGE)
    assert caught.value.sentence == "ConnectError"


def test_the_signature_is_over_the_time_and_the_body() -> None:
    """As ``printf '1700000000.{}' | openssl dgst -sha256 -hmac key`` says."""
    made = "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
    assert signature(b"key", "1700000000", b"{}") == f"v1={made}"
    assert signature(b"key", "1700000001", b"{}") != f"v1={made}"


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"sms_webhook_url": "http://sms.example.org/"}, "https"),
        ({"sms_webhook_url": "https://sms.example.org/"}, "sms_webhook_secret"),
        ({"alarm_heartbeat_url": "ftp://x"}, "https"),
        ({"smtp_user": "alarms"}, "smtp_password"),
        ({"smtp_from": "Alarms <a@b>"}, "one address"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Settings(**settings)
    secret: Any = SECRET
    assert SECRET not in repr(Settings(sms_webhook_secret=secret))
