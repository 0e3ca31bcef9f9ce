"""alerts.yml: channels, who hears of what, which years are expected. Secrets are `${NAME}`, from the environment."""

import os
import re
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestration.alerts.problem import Problem, Severity
from orchestration.home import Home
from orchestration.trouble import Trouble

_NAME = re.compile(r"\$\{(\w+)\}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Route(_Strict):
    """Which channels hear of problems of these severities and owners; nothing said means all."""

    channels: list[str]
    severities: list[Severity] = [Severity.error, Severity.warning]
    owners: list[str] = []

    def takes(self, severity: Severity, owner: str) -> bool:
        """Whether such a problem goes this way."""
        return severity in self.severities and (not self.owners or owner in self.owners)


class Expected(_Strict):
    """Fiscal years that have to be loaded: from `from_year` on, each by the day `due` (month-day) of itself."""

    from_year: int
    due: str = Field("03-31", pattern=r"^\d\d-\d\d$")

    @field_validator("due")
    @classmethod
    def _is_in_every_year(cls, due: str) -> str:
        try:
            date.fromisoformat(f"2023-{due}")  # no leap year
        except ValueError as error:
            raise ValueError(f"{due} is no day of every year 不是每年都有的日期; month-day, as in 02-28") from error
        return due


class Alerts(_Strict):
    """What alerts.yml holds."""

    channels: dict[str, str] = {}
    """Name → address as Apprise writes it, with `${NAME}` where a secret stands."""
    routes: list[Route] = []
    """None: every channel hears of errors and warnings."""
    owners: dict[str, str] = {}
    """Pattern of a problem's key (`finding/F*`) → owner; the first that fits counts."""
    expected: Expected | None = None

    def owner(self, problem: Problem) -> str:
        """Return whose problem it is."""
        fitting = (owner for pattern, owner in self.owners.items() if fnmatchcase(problem.key, pattern))
        return next(fitting, problem.owner)

    def hearers(self, severity: Severity, owner: str) -> list[str]:
        """Return the channels that hear of such a problem."""
        routes = self.routes or [Route(channels=list(self.channels))]
        return list(dict.fromkeys(name for route in routes if route.takes(severity, owner) for name in route.channels))


@dataclass(frozen=True)
class Address:
    """An address with its secrets in place, and the secrets, so that no text ever shows them."""

    url: str
    secrets: tuple[str, ...]
    missing: tuple[str, ...]
    """Environment variables that are not set."""

    def scrub(self, text: str) -> str:
        """Return `text` without the secrets."""
        for secret in (self.url, *self.secrets, *map(quote_plus, self.secrets), *map(quote, self.secrets)):
            text = text.replace(secret, "***")
        return text


def file(home: Home) -> Path:
    """Return where alerts.yml is: `JIXIAO_ALERTS`, else in the home."""
    return Path(os.environ.get("JIXIAO_ALERTS", home.root / "alerts.yml"))


def read(home: Home) -> Alerts:
    """Return what alerts.yml says, nothing where there is none; raises Trouble that names file and entry."""
    path = file(home)
    if not path.exists():
        if "JIXIAO_ALERTS" in os.environ:
            raise _trouble(path, "does not exist, and JIXIAO_ALERTS names it")
        return Alerts()
    try:
        raw: Any = yaml.safe_load(path.read_text("utf-8")) or {}
        alerts = Alerts.model_validate(raw)
    except OSError as error:
        raise _trouble(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _trouble(path, "is not UTF-8: save it in that encoding 请以 UTF-8 编码保存") from error
    except yaml.YAMLError as error:
        raise _trouble(path, f"is no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise _trouble(path, said) from error
    unknown = {name for route in alerts.routes for name in route.channels} - alerts.channels.keys()
    if unknown:
        raise _trouble(path, f"routes name channels that do not exist: {', '.join(sorted(unknown))}")
    return alerts


def address(text: str) -> Address:
    """Put the environment's values into an address."""
    names = _NAME.findall(text)
    values = {name: os.environ.get(name, "") for name in names}
    secrets = sorted(filter(None, values.values()), key=len, reverse=True)
    missing = tuple(name for name, value in values.items() if not value)
    return Address(_NAME.sub(lambda found: values[found[1]], text), tuple(secrets), missing)


def _trouble(path: Path, said: str) -> Trouble:
    return Trouble(
        f"{path}: {said}. docs/operators.md describes the file; nothing is sent until it is right.",
        f"{path}：{said}。文件格式见 docs/operators.zh-CN.md；改正之前不会发送告警。",
    )
