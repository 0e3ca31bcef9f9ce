"""What time it is: the one place that asks, so that a year's life can be lived in minutes."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)
