"""Withdrawals: what is written by hand is looked through, and nothing is withdrawn that was not named."""

from pathlib import Path

import pytest

from orchestration import doctor, withdrawals
from orchestration.home import Home
from orchestration.trouble import Trouble


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no YAML"),
        ("just text", "list of entries"),
        ("- a: 1", "entry 条目 1: document_id"),
        ("- {document_id: abc}\n- {document_id: 5}", "entry 条目 2: document_id"),
        ("- 5", "found 实际为 5"),
        ("- {document_id: 撤回}", "UTF-8"),
    ],
)
def test_a_mistake_in_the_file_is_said_by_load_and_doctor(text: str, said: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.withdrawn.write_text(text, "gbk")
    with pytest.raises(Trouble) as trouble:
        withdrawals.decisions(home)
    assert said in trouble.value.en
    assert str(home.withdrawn) in trouble.value.en
    assert trouble.value.en in [finding.en for finding in doctor._decisions(home) if not finding.good]


@pytest.mark.parametrize(("document", "reason"), [("", "x"), (" ", "x"), ("5", "x"), ("", ""), ("*", " ")])
def test_what_names_no_document_withdraws_none(document: str, reason: str, sample_home: Path) -> None:
    with pytest.raises(Trouble):
        withdrawals.withdraw(Home(sample_home), document.replace("*", "2023/liuzhou-2023.txt"), reason)
    assert not Home(sample_home).withdrawn.exists()
