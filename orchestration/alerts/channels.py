"""Sending through Apprise: email, WeCom, DingTalk, Feishu, Slack, Teams, webhooks, by one address each."""

import logging
from dataclasses import dataclass

from orchestration.alerts.config import Address, address


@dataclass(frozen=True)
class Sent:
    """What became of one message on one channel."""

    channel: str
    arrived: bool
    reason: str = ""
    """Why it did not arrive, without secrets."""


def send(channel: str, text: str, title: str, body: str) -> Sent:
    """Send one message to the address `text` of alerts.yml; a channel that is down is an answer, not an error."""
    import apprise  # noqa: PLC0415  (most of a second, and seldom needed)

    place = address(text)
    if place.missing:
        return Sent(channel, False, f"environment variable not set 环境变量未设置: {', '.join(place.missing)}")
    service = apprise.Apprise.instantiate(place.url, suppress_exceptions=True)
    if not isinstance(service, apprise.NotifyBase):
        return Sent(channel, False, "the address is not one that Apprise knows 地址无法识别")
    if not place.secrets and _holds_a_secret(service):
        return Sent(channel, False, "a secret stands in alerts.yml; write ${NAME} 密钥应写成 ${NAME}，由环境变量提供")
    service.overflow_mode = apprise.OverflowMode.SPLIT
    with apprise.LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as log:
        arrived = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        said = log.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    return Sent(channel, bool(arrived), "" if arrived else _plain(place, said))


def _holds_a_secret(service: object) -> bool:
    """Whether Apprise would hide a part of this address: then it may not stand in a file."""
    shown, whole = (service.url(privacy=hide).partition("?")[0].rstrip("/") for hide in (True, False))  # pyright: ignore
    return shown != whole and ("*" in shown or "..." in shown)


def _plain(place: Address, said: str) -> str:
    """Return why: Apprise's warnings, and what the network or the server answered, which it says at debug level only."""
    lines = [line.partition(" ") for line in said.splitlines()]
    why = [text for level, _, text in lines if level == "WARNING" or text.startswith("Socket Exception")]
    return place.scrub(" ".join(why))[:500] or "refused without a reason 被拒绝，未说明原因"
