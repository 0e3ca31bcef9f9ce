"""Serve the explorer on this machine."""

import socket
import threading
import webbrowser
from contextlib import suppress

import uvicorn

from orchestration.explorer import app, pinyin
from orchestration.home import Home
from orchestration.trouble import not_listening


def serve(home: Home, host: str, port: int, *, browse: bool) -> None:
    """Answer until the process is stopped; raises Trouble where nothing has been published yet, or the address is not free."""
    application = app.build(home, host)
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise not_listening(host, port, error) from error
    # The table of readings takes half a second to import: not while somebody waits for the first search.
    threading.Thread(target=pinyin.pattern, args=("ga",), daemon=True).start()
    if browse:
        threading.Timer(0.5, webbrowser.open, [f"http://{host}:{port}/"]).start()
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", server_header=False))
    with suppress(KeyboardInterrupt):  # so it is stopped
        server.run(sockets=[listening])
