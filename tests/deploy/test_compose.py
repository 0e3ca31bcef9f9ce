"""compose.yaml: nothing is open to the network, nobody has more rights than needed, every secret is said in .env.example."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
FILE = REPOSITORY / "compose.yaml"


@pytest.fixture
def services() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8"))["services"]


def test_ports_are_bound_to_loopback(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports), ports


def test_our_services_have_no_rights_that_they_do_not_need(services: dict[str, Any]) -> None:
    ours = {name: service for name, service in services.items() if service["image"] == "jixiao"}
    assert set(ours) == {"migrate", "web", "daemon", "watch", "health"}
    for name, service in ours.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"], name
        assert not service.get("privileged"), name


def test_secrets_come_from_the_environment_and_are_asked_for() -> None:
    text, example = FILE.read_text("utf-8"), (REPOSITORY / ".env.example").read_text("utf-8")
    secrets = set(re.findall(r"\$\{(\w*PASSWORD\w*)", text))
    assert secrets
    assert not re.findall(r"PASSWORD\w*\}|PASSWORD\w*:-", text), "a secret that may be missing, or has a default"
    assert {name for name in secrets if name not in example} == set()


def test_what_the_services_build_from_and_read_is_there(services: dict[str, Any]) -> None:
    builds = {service["build"]["dockerfile"] for service in services.values() if "build" in service}
    mounted = {
        volume.partition(":")[0]
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }
    assert mounted
    assert [path for path in builds | mounted if not (REPOSITORY / path).exists()] == []
