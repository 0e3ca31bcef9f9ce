"""A real SMTP server and a real HTTP server on loopback, which keep what they receive."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Received:
    """Messages as (title, body), in the order of arrival, and the address to send to."""

    address: str = ""
    messages: list[tuple[str, str]] = field(default_factory=list)
    down: bool = False

    @property
    def titles(self) -> list[str]:
        return [title for title, _ in self.messages]


class AnyPort(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox() -> Iterator[Received]:
    received = Received()

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            if received.down:
                return "451 out of order"
            mail = message_from_bytes(envelope.content, policy=policy.default)
            part = mail.get_body(("plain",))
            assert part is not None
            received.messages.append((mail["Subject"], part.get_content().strip().replace("\r\n", "\n")))
            return "250 OK"

    controller = AnyPort(Handler(), hostname="127.0.0.1", port=0)
    controller.start()
    received.address = f"mailto://127.0.0.1:{controller.port}?from=jixiao@example.cn&to=ops@example.cn"
    try:
        yield received
    finally:
        controller.stop()


@contextmanager
def webhook() -> Iterator[Received]:
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not received.down:
                received.messages.append((body["title"], body["message"]))
            self.send_response(503 if received.down else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    received.address = f"json://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
