"""A home in object storage: documents land in a local S3 server, and a machine with nothing of its own publishes from it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from orchestration.home import SAMPLE
from tests.conftest import run_jixiao

BUCKET = "declarations"
DOCUMENT = "2023/liuzhou-2023.txt"


class Server:
    """An S3 server with one bucket, and the environment that leads a load to it."""

    def __init__(self, address: str) -> None:
        self.environment = {
            "JIXIAO_STORE": f"s3://{BUCKET}/home",
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "something",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.client: Any = boto3.client(
            "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self.client.create_bucket(Bucket=BUCKET)

    def objects(self) -> dict[str, int]:
        """Return the size of every object by its path in the home."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {item["Key"].removeprefix("home/"): item["Size"] for page in pages for item in page.get("Contents", [])}

    def content(self, path: str) -> bytes:
        """Return the bytes of an object."""
        return self.client.get_object(Bucket=BUCKET, Key=f"home/{path}")["Body"].read()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield Server(f"http://{host}:{port}")
    running.stop()


@pytest.fixture(scope="module")
def loaded(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of a machine that has loaded what landed in the store."""
    home = tmp_path_factory.mktemp("machine") / "home"
    server.client.put_object(Bucket=BUCKET, Key=f"home/landing/{DOCUMENT}", Body=(SAMPLE / DOCUMENT).read_bytes())
    done = run_jixiao("load", home=home, **server.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def test_the_store_holds_the_release_whole(loaded: Path, server: Server) -> None:
    objects = server.objects()
    name = server.content("current").decode()
    manifest = json.loads(server.content(f"releases/{name}/manifest.json"))
    kept = {path: file["bytes"] for path, file in manifest["files"].items()}
    assert manifest["rows"]["fct_declaration"] == 25
    assert {path: objects.get(f"releases/{name}/{path}") for path in kept} == kept
    parts = json.loads(server.content("lake/index.json"))
    assert all(f"lake/form/fiscal_year=2023/{part['name']}.parquet" in objects for part in parts)
    assert [path for path in objects if path.startswith("archive/")] == [
        f"archive/{document['document_id']}.txt" for document in manifest["documents"]
    ]


def test_another_machine_goes_on_from_there(loaded: Path, server: Server, tmp_path: Path) -> None:
    before = server.objects()
    done = run_jixiao("load", home=tmp_path / "home", **server.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing has changed" in done.stdout
    answer = run_jixiao(
        "query", "select count(*) as n from fct_declaration", "--format", "json", home=tmp_path / "home"
    )
    assert json.loads(answer.stdout) == [{"n": 25}]
    assert server.objects() == before


def test_what_nobody_names_any_more_leaves_the_store(loaded: Path, server: Server, tmp_path: Path) -> None:
    home = shutil.copytree(loaded, tmp_path / "home", symlinks=True)
    server.client.put_object(Bucket=BUCKET, Key="home/lake/form/fiscal_year=2023/gone.parquet", Body=b"gone")
    done = run_jixiao("load", home=home, **server.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lake/form/fiscal_year=2023/gone.parquet" not in server.objects()


def test_a_store_that_is_not_there_is_said_in_plain_words(server: Server, tmp_path: Path) -> None:
    elsewhere = server.environment | {"JIXIAO_STORE": "s3://no-such-bucket/home"}
    done = run_jixiao("load", home=tmp_path / "home", **elsewhere)
    assert done.returncode == 1
    assert "The store s3://no-such-bucket/home cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
