"""The one error of the readers."""


class Unreadable(Exception):
    """A document cannot be read.

    Attributes:
        reason: a code of ingest/messages.yml.
        detail: a few words on this very case; put behind the hint.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
