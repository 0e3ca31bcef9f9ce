"""What the project logs: plain lines, or one JSON object a line where JIXIAO_LOG_FORMAT=json, for log collectors."""

import json
import logging
import os
from datetime import UTC, datetime


def is_json() -> bool:
    """Whether the environment asks for JSON lines."""
    return os.environ.get("JIXIAO_LOG_FORMAT") == "json"


def configure() -> None:
    """Send the project's own log to standard error in the chosen format; libraries keep theirs."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if is_json() else logging.Formatter("%(message)s"))
    logger = logging.getLogger("orchestration")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO if is_json() else logging.WARNING)
    logger.propagate = False


class JsonLines(logging.Formatter):
    """time, level, logger, message, and what a record carries in `data`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
