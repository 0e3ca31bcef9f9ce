"""deploy/kubernetes/load.yml is what a cluster takes: checked against Kubernetes' own schema, strictly."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

SCHEMA = json.loads(Path(__file__).with_name("cronjob-1.30.json").read_text("utf-8"))
MANIFEST = Path(__file__).parents[2] / "deploy/kubernetes/load.yml"


@pytest.fixture
def manifest() -> dict[str, Any]:
    return yaml.safe_load(MANIFEST.read_text("utf-8"))


def test_the_manifest_is_valid(manifest: dict[str, Any]) -> None:
    jsonschema.validate(manifest, SCHEMA)


def test_a_word_that_kubernetes_does_not_know_is_seen(manifest: dict[str, Any]) -> None:
    [container] = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    container["arguments"] = container.pop("args")
    with pytest.raises(jsonschema.ValidationError, match="arguments"):
        jsonschema.validate(manifest, SCHEMA)


def test_a_store_has_one_writer_and_the_load_no_rights_that_it_does_not_need(manifest: dict[str, Any]) -> None:
    assert manifest["spec"]["concurrencyPolicy"] == "Forbid"
    pod = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    assert pod["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
