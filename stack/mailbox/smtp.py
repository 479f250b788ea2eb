"""The SMTP side: accept everything, keep it, answer."""

import asyncio
import socket

from aiosmtpd.smtp import SMTP, Envelope, Session

from stack.mailbox.store import Store

LARGEST_MESSAGE = 64 * 1024 * 1024


class Keeper:
    """aiosmtpd's handler: every message goes into the store."""

    def __init__(self, store: Store):
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):  # noqa: N802
        entry = self.store.add(
            (envelope.mail_from or "").strip("<>"), envelope.rcpt_tos, envelope.content
        )
        return f"250 OK: kept as {entry.number}"


async def serve(store: Store, port: int) -> None:
    """Take mail on 127.0.0.1 until cancelled."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            Keeper(store),
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            hostname=socket.gethostname(),
            loop=loop,
        ),
        host="127.0.0.1",
        port=port,
    )
    async with server:
        await server.serve_forever()
