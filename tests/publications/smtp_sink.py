"""A real mail server that swallows everything, to be told how to behave badly.

    python tests/publications/smtp_sink.py RECORD [--port N] [--plain] [--rules JSON]

It listens on 127.0.0.1, prints its port, and appends one line to RECORD for every message it
has taken, before it answers: recipient, tab, Message-ID. A rule is an object:

    to      a regular expression; which recipients it is for (left out: all)
    at      "connect", "mail", "rcpt", "data" (the DATA command) or "end" (all content is there)
    do      "hang", "cut", or an answer such as "450 try later"
    times   how often; left out: always
    taken   with "end": the message is recorded before it hangs or cuts

Needs nothing but Python, so that it starts at once; the measurements use it as well.
"""

import argparse
import asyncio
import json
import os
import re

END = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """What all conversations share: the record and the rules."""

    def __init__(self, record: str, rules: list[dict], *, pipelines: bool):
        self.record = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.rules = rules
        self.pipelines = pipelines

    def rule(self, stage: str, recipient: str = "") -> dict:
        """The first rule that is for this stage and recipient, used up once more; or nothing."""
        for rule in self.rules:
            if rule["at"] != stage or not re.search(rule.get("to", ""), recipient):
                continue
            if rule.setdefault("times", -1) == 0:
                continue
            rule["times"] -= 1
            return rule
        return {}

    def take(self, recipients: list[str], content: bytes) -> None:
        found = MESSAGE_ID.search(content, 0, 20_000)
        for recipient in recipients:
            line = recipient.encode() + b"\t" + (found[1] if found else b"") + b"\n"
            os.write(self.record, line)


class Conversation(asyncio.Protocol):
    """One connection: lines of commands, then content, in turn."""

    def __init__(self, sink: Sink):
        self.sink = sink
        self.waiting = bytearray()
        self.recipients: list[str] = []
        self.in_content = False
        self.hangs = False

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.answer("connect", "220 sink ESMTP")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while not self.hangs and (self.content() if self.in_content else self.command()):
            pass

    def command(self) -> bool:
        end = self.waiting.find(b"\n")
        if end < 0:
            return False
        line = self.waiting[:end].decode("utf-8", "replace").strip()
        del self.waiting[: end + 1]
        self.obey(line)
        return True

    def obey(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            offers = ["sink", "8BITMIME"] + ["PIPELINING"] * self.sink.pipelines
            lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
            self.say("\r\n".join(lines))
        elif verb == "MAIL":
            self.recipients = []
            self.answer("mail", "250 ok")
        elif verb == "RCPT":
            recipient = line[line.find("<") + 1 : line.rfind(">")]
            if self.answer("rcpt", "250 ok", recipient):
                self.recipients.append(recipient)
        elif verb == "DATA":
            if not self.recipients:
                self.say("503 no recipient")
            else:
                self.in_content = self.answer("data", "354 go on", self.recipients[0])
        elif verb == "QUIT":
            self.say("221 bye")
            self.transport.close()
        else:
            self.recipients = [] if verb == "RSET" else self.recipients
            self.say("250 ok" if verb in ("RSET", "NOOP", "HELO") else "500 what?")

    def content(self) -> bool:
        end = self.waiting.find(END)
        if end < 0:
            return False
        content = bytes(self.waiting[:end])
        del self.waiting[: end + len(END)]
        self.in_content = False
        rule = self.sink.rule("end", self.recipients[0])
        if not rule or rule.get("taken"):
            self.sink.take(self.recipients, content)
        self.act(rule, "250 taken")
        return True

    def answer(self, stage: str, usual: str, recipient: str = "") -> bool:
        """Answer as usual or as a rule says. Returns whether as usual."""
        rule = self.sink.rule(stage, recipient)
        self.act(rule, usual)
        return not rule

    def act(self, rule: dict, usual: str) -> None:
        action = rule.get("do", usual)
        if action == "cut":
            self.transport.abort()
            self.hangs = True
        elif action == "hang":
            self.hangs = True
        else:
            self.say(action)

    def say(self, text: str) -> None:
        self.transport.write(text.encode() + b"\r\n")


async def serve(sink: Sink, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(sink), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("record")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="does not offer PIPELINING")
    parser.add_argument("--rules", type=json.loads, default=[])
    chosen = parser.parse_args()
    sink = Sink(chosen.record, chosen.rules, pipelines=not chosen.plain)
    asyncio.run(serve(sink, chosen.port))


if __name__ == "__main__":
    main()
