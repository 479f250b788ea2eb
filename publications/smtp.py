"""A thin SMTP client: one connection for many messages, pipelined where the server offers it.

It tells apart what matters to a delivery: an answer about this message (``Refused``), a
conversation that broke (``Cut``, which knows whether the message may have been taken), and a
server that cannot be used at all (``Unusable``).
"""

import re
import smtplib
import socket
import ssl

from django.conf import settings

PLAIN_ADDRESS = re.compile(r"[!-;=?-~]+")


class Refused(Exception):
    """The server answered no to this message; the connection can be used further."""

    def __init__(self, code: int, text: str):
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class Cut(Exception):
    """The connection broke or stayed silent. ``may_be_taken``: after the content was begun."""

    def __init__(self, cause: object, *, may_be_taken: bool):
        super().__init__(str(cause))
        self.may_be_taken = may_be_taken


class Unusable(Exception):
    """No message can be sent now: the server is away, or refuses us."""


class Connection(smtplib.SMTP):
    """One conversation with the mail server of the settings. ``sent`` counts its messages."""

    def __init__(self, sender: str):
        """Connect, greet and sign in. Raises ``Unusable``."""
        self.sender = sender
        self.sent = 0
        self.begun = ""
        try:
            super().__init__(
                settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT
            )
            self._introduce()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unusable(said(error)) from error
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pipelines = self.has_extn("pipelining")

    def _get_socket(self, host, port, timeout):
        """smtplib's own place to open the socket, here with TLS from the start where asked."""
        plain = super()._get_socket(host, port, timeout)
        if not settings.EMAIL_USE_SSL:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)

    def _introduce(self) -> None:
        self.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            self.starttls(context=ssl.create_default_context())
            self.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            self.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)

    def begin(self, recipient: str) -> None:
        """Send a message's envelope ahead, where the server takes commands together.

        Its answers come while the caller does something else; `deliver()` reads them. A message
        without content is never delivered, so that nothing has happened until then.
        """
        if not self.pipelines or not self.is_open or not PLAIN_ADDRESS.fullmatch(recipient):
            return
        try:
            self.sock.sendall("".join(f"{line}\r\n" for line in self._lines(recipient)).encode())
            self.begun = recipient
        except OSError:
            self.close()

    def abandon(self) -> None:
        """Do not send what was begun. Only closing takes a DATA back."""
        if self.begun:
            self.close()

    def deliver(self, recipient: str, content: bytes) -> str:
        """Hand over one message; the content has CRLF line ends and no line begins with a dot.

        Returns the server's answer. Raises ``Refused``, ``Cut`` or ``Unusable``.
        """
        try:
            self._envelope(recipient)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Cut(said(error), may_be_taken=False) from error
        try:
            self.sock.sendall(content + b".\r\n")
            code, text = self.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Cut(said(error), may_be_taken=True) from error
        if code != 250:
            raise self._no(code, text)
        self.sent += 1
        return f"{code} {readable(text)}"

    def _envelope(self, recipient: str) -> None:
        """MAIL, RCPT and DATA. Afterwards the server waits for the content."""
        if not PLAIN_ADDRESS.fullmatch(recipient):
            raise Refused(553, "This address cannot be sent to.")
        if not self.begun:
            self.begin(recipient)
        mail, rcpt, data = self._together() if self.begun else self._stepwise(recipient)
        if mail[0] != 250:
            self.close()
            raise Unusable(f"{mail[0]} {readable(mail[1])}")
        if rcpt[0] not in (250, 251):
            if data[0] == 354:  # allowed by RFC 2920: end the empty message
                self.sock.sendall(b".\r\n")
                self.getreply()
            raise self._no(*rcpt)
        if data[0] != 354:
            raise self._no(*data)

    def _lines(self, recipient: str) -> list[str]:
        return [f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{recipient}>", "DATA"]

    def _together(self) -> list[tuple[int, bytes]]:
        self.begun = ""
        return [self.getreply() for _line in range(3)]

    def _stepwise(self, recipient: str) -> list[tuple[int | None, bytes]]:
        answers: list[tuple[int | None, bytes]] = []
        for line in self._lines(recipient):
            if answers and answers[-1][0] not in (250, 251):
                answers.append((None, b""))
                continue
            self.putcmd(line)
            answers.append(self.getreply())
        return answers

    def _no(self, code: int, text: bytes) -> Refused:
        """The refusal to raise; the server is made ready for the next message."""
        try:
            if code == 421:
                self.close()
            else:
                self.rset()
        except (OSError, smtplib.SMTPException):
            self.close()
        return Refused(code, readable(text))

    def close(self) -> None:
        self.begun = ""
        super().close()

    @property
    def is_open(self) -> bool:
        return self.sock is not None

    def end(self) -> None:
        """Say goodbye; a server that is gone already does not matter."""
        try:
            if self.is_open:
                self.quit()
        except (OSError, smtplib.SMTPException):
            self.close()


def said(error: Exception) -> str:
    """What an exception tells a person, without Python's quotes and tuples."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {readable(error.smtp_error)}"
    return str(error) or type(error).__name__


def readable(text: bytes | str) -> str:
    """A server's answer as text; Chinese providers answer in UTF-8 or GBK."""
    if isinstance(text, str):
        return text
    try:
        return " ".join(text.decode().split())
    except UnicodeDecodeError:
        return " ".join(text.decode("gb18030", errors="replace").split())
