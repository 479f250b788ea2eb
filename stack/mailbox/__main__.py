"""Run the mailbox: mail comes in by SMTP, pages go out by HTTP."""

import argparse
import asyncio
import signal
import threading
from pathlib import Path

from stack.mailbox import smtp, web
from stack.mailbox.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stack.mailbox", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--web-port", type=int, required=True)
    arguments = parser.parse_args()
    store = Store(arguments.folder)
    pages = web.make_server(store, arguments.web_port)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    asyncio.run(take_mail(store, arguments.smtp_port))


async def take_mail(store: Store, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    serving = asyncio.create_task(smtp.serve(store, port))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    main()
