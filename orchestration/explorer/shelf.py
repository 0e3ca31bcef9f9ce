"""The release that is served now; when `current` points elsewhere, the next page reads there."""

import threading

from orchestration import release
from orchestration.book import Book
from orchestration.home import Home


class Shelf:
    """Hands out the book of the release that is served now."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._book = _opened(release.require_readable(home))

    def book(self) -> Book:
        """Return the open book, another one after the pointer was flipped. Who still reads the old one keeps it."""
        served = release.require_current(self.home)
        with self._lock:
            if served != self._book.release:
                self._book = _opened(served)
            return self._book


def _opened(served: release.Release) -> Book:
    """Open a release, and prepare while its first reader looks around."""
    book = Book(served)
    threading.Thread(target=book.prepare, daemon=True).start()
    return book
