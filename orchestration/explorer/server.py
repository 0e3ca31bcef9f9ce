"""Serve the explorer on this machine."""

import threading
import webbrowser

import uvicorn

from orchestration.explorer import app, pinyin
from orchestration.home import Home


def serve(home: Home, host: str, port: int, *, browse: bool) -> None:
    """Answer until the process is stopped; raises Trouble where nothing has been published yet."""
    application = app.build(home, host)
    # The table of readings takes half a second to import: not while somebody waits for the first search.
    threading.Thread(target=pinyin.pattern, args=("ga",), daemon=True).start()
    if browse:
        threading.Timer(0.5, webbrowser.open, [f"http://{host}:{port}/"]).start()
    uvicorn.run(application, host=host, port=port, log_level="warning", server_header=False)
