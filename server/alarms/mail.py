"""Mail: one message by SMTP (RFC 5321), over TLS unless the settings say that there is none.

The library waits; so each message is a thread's. An error says what kind it was, and never whom
the message was for, nor what the other side wrote.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from typing_extensions import override

from server.alarms.message import Message
from server.alarms.transport import NotSent, Transport
from server.settings import Settings

__all__ = ["Mail"]

TIMEOUT_S = 10.0
"""For each step of the conversation; a whole one takes a handful."""


class Mail(Transport):
    """Sends by the mail server of the settings, which name one."""

    name = "mail"
    probes = True

    def __init__(self, settings: Settings, *, timeout_s: float = TIMEOUT_S) -> None:
        self._settings = settings
        self._timeout_s = timeout_s

    @override
    async def send(self, to: str, message: Message) -> None:
        await asyncio.to_thread(self._send, to, message)

    @override
    async def probe(self) -> None:
        await asyncio.to_thread(self._probe)

    def _send(self, to: str, message: Message) -> None:
        try:
            with self._connected() as server:
                server.send_message(self._mail(to, message))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotSent(_kind(error)) from None

    def _probe(self) -> None:
        try:
            with self._connected() as server:
                server.noop()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(_kind(error)) from None

    def _mail(self, to: str, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = message.subject
        mail["From"] = self._settings.smtp_from
        mail["To"] = to
        mail["Date"] = formatdate()
        # One id however often it is sent: a mail program shows it once.
        mail["Message-ID"] = f"<{message.id}@{self._settings.smtp_from.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Priority"] = "1"
        mail.set_content(message.text)
        return mail

    def _connected(self) -> smtplib.SMTP:
        kept = self._settings
        where = (kept.smtp_host, kept.smtp_port)
        if kept.smtp_security == "tls":
            trust = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=self._timeout_s, context=trust)
        else:
            server = smtplib.SMTP(*where, timeout=self._timeout_s)
        try:
            if kept.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if kept.smtp_user:
                server.login(kept.smtp_user, kept.smtp_secret())
        except BaseException:
            server.close()
            raise
        return server


def _kind(error: Exception) -> str:
    """What kind of failure it was: an answer's number, or the error's name."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"SMTP {' '.join(map(str, codes))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    return type(error).__name__
