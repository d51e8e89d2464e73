"""Receivers of messages on this machine: one speaks HTTP, one SMTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class HttpReceiver:
    """What came by HTTP, and how it answers: with a status, not at all (None), or by killing a process first."""

    port: int = 0
    answer: int | None = 200
    victim: int | None = None
    on_message: Callable[[], None] = lambda: None
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"json://localhost:{self.port}/{path}"

    def titles(self, path: str | None = None) -> list[str]:
        return [message["title"] for place, message in self.got if path in (None, place.strip("/"))]

    def take(self) -> list[tuple[str, str]]:
        """The path and the title of each message since it was last asked, in order."""
        found = [(place.strip("/"), message["title"].removeprefix("plumbline: ")) for place, message in self.got]
        self.got.clear()
        return found


@contextmanager
def http_receiver() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((self.path, json.loads(body)))
            receiver.on_message()
            if receiver.victim is not None:
                os.kill(receiver.victim, signal.SIGKILL)
            elif receiver.answer is not None:
                self.send_response(receiver.answer)
                self.end_headers()

        def log_request(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@dataclass
class MailReceiver:
    """What came by SMTP."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mail_receiver() -> Iterator[MailReceiver]:
    receiver = MailReceiver()

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            receiver.got.append(BytesParser(EmailMessage, policy=default).parsebytes(envelope.content))
            return "250 OK"

    with socket.create_server(("localhost", 0)) as free:
        receiver.port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="localhost", port=receiver.port)
    controller.start()
    try:
        yield receiver
    finally:
        controller.stop()
