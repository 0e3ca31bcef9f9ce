"""What a load has to say: the gates it ran, how it ended, and what is wrong in the release that it published."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.results import Failure, GateResult
from orchestration import clock, unread
from orchestration.alerts import watch
from orchestration.alerts.problem import Problem, Severity, Words, fingerprint
from orchestration.release import Release
from orchestration.trouble import Trouble, of_disk

if TYPE_CHECKING:
    from orchestration.session import Session

_SAMPLE = 5
_BLOCKED = Words(
    "Nothing was published, the last release is still served."
    " Mend the document or the profile that these rows come from, then load again.",
    "未发布任何内容，上一版本仍在提供服务。请修正这些行所属的文件或版式配置，然后重新装载。",
)
_DRIFT = Words(
    "Published all the same. Look whether the documents or our reading changed; if the new value is right:"
    " uv run jixiao baseline accept YEAR --reason WHY",
    "数据已照常发布。请核实是文件变了还是解析变了；若新值正确，请运行 uv run jixiao baseline accept 年度 --reason 原因",
)
_FAILED = Words(
    "Nothing was published, the last release is still served. Do what the text says, then run: uv run jixiao load;"
    " uv run jixiao doctor looks for more.",
    "未发布任何内容，上一版本仍在提供服务。请按提示处理后运行 uv run jixiao load；"
    "可用 uv run jixiao doctor 进一步检查。",
)
_FINDING = Words(
    "Ask the bureau to correct its declaration, or enter the decision in quality_decision.csv.",
    "请申报单位更正绩效目标申报表，或在 quality_decision.csv 中登记处理决定。",
)
_QUARANTINE = Words(
    "uv run jixiao quarantine lists every line with a hint.",
    "运行 uv run jixiao quarantine 可查看每一行及处理提示。",
)


def of_load(session: "Session", error: Exception | None) -> tuple[list[Problem], set[str]]:
    """Return the problems of a load that has ended, and the scopes that it looked at."""
    run = session.run_id
    found = [problem for gate in session.gates.values() for problem in _gate(gate, _names(session), run)]
    looked_at = {f"gate:{name}" for name in session.gates}
    if session.build.nodes:
        looked_at.add("gate:dbt")
        found += [_node(node, run) for node in session.build.blocking]
    if error is None:
        looked_at |= {"load", "killed"}
    elif not found or not any(problem.severity is Severity.error for problem in found):
        found.append(failure(error, run))
    if session.published is not None:
        looked_at |= {"finding", "quarantine", "freshness"}
        found += [*_findings(session.published, run), *_quarantine(session.published, run)]
        found += watch.missing_years(session.home, clock.now())
    return found, looked_at


def failure(error: Exception, run: str = "") -> Problem:
    """Return the problem of a load that ended with `error`."""
    plain = error if isinstance(error, Trouble) else of_disk(error)
    said = plain or Trouble(f"{type(error).__name__}: {error}", f"意外错误：{error}")
    return Problem(
        scope="load",
        check="failed",
        severity=Severity.error,
        title=Words(f"the load failed: {_first(said.en)}", f"装载失败：{_first(said.zh)}"),
        remedy=_FAILED,
        # Times, process numbers and sizes differ at every attempt; the trouble is the same.
        fingerprint=fingerprint([re.sub(r"\d+", "0", said.en)]),
        run_id=run,
    )


def _gate(gate: GateResult, names: dict[str, str], run: str) -> Iterator[Problem]:
    for each in gate.failures:
        years = {row.get("fiscal_year") for row in each.rows}
        yield Problem(
            scope=f"gate:{gate.gate}",
            check=f"{each.table}/{each.title_en}",
            severity=Severity.error if each.blocks else Severity.warning,
            title=Words(f"{each.table}: {each.title_en}{_seen(each)}", f"{each.table}：{each.title_zh}{_seen(each)}"),
            remedy=_BLOCKED if each.blocks else _DRIFT,
            owner="data",
            fiscal_year=years.pop() if len(years) == 1 else None,
            # Where not all rows are shown, the few that are may be others next time.
            fingerprint=fingerprint(each.rows) if each.count <= len(each.rows) else fingerprint([each.count]),
            count=each.count,
            rows=each.rows[:_SAMPLE],
            where=list(dict.fromkeys(place for row in each.rows if (place := _place(row, names)))),
            run_id=run,
        )


def _seen(failed: Failure) -> str:
    return f" ({failed.observed})" if failed.observed else ""


def _place(row: dict[str, Any], names: dict[str, str]) -> str:
    """Return document and line of a row that has them."""
    document, line = row.get("document_id"), row.get("line_no", row.get("line_start"))
    name = row.get("file_name") or (names.get(document, document[:12]) if document else None)
    return f"{name}, 行 line {line}" if name and line else name or ""


def _names(session: "Session") -> dict[str, str]:
    landed = session.landed
    return {} if landed.is_empty() else dict(landed.select("document_id", "file_name").drop_nulls().iter_rows())


def _node(node: Any, run: str) -> Problem:
    said = " ".join(node.message.split())[:300]
    return Problem(
        scope="gate:dbt",
        check=node.name,
        severity=Severity.error,
        title=Words(f"dbt {node.resource_type} {node.name} failed: {said}", f"dbt {node.name} 未通过：{said}"),
        remedy=_BLOCKED,
        owner="data",
        fingerprint=fingerprint([node.failures]),
        count=node.failures or 0,
        run_id=run,
    )


def _findings(published: Release, run: str) -> Iterator[Problem]:
    """Give the errors that bureaus wrote, one problem a rule and fiscal year."""
    rows = _ask(
        published,
        """
        select
            f.rule_id, f.fiscal_year, any_value(r.title_en) as en, any_value(r.title_zh) as zh, count(*) as n,
            sum(hash(f.declaration_key, f.indicator_key, f.line_no)::hugeint)::varchar as identity,
            min_by({'file': d.file_name, 'line': f.line_no, 'project_code': f.project_code,
                'zh': f.message_zh, 'en': f.message_en}, (d.file_name, f.line_no), $few) as sample
        from marts.fct_quality_finding as f
        left join marts.dim_quality_rule as r using (rule_id)
        left join marts.dim_document as d using (document_id)
        where f.severity = 'error' group by all order by all
        """,
    )
    for row in rows:
        yield Problem(
            scope="finding",
            check=row["rule_id"],
            severity=Severity.error,
            title=Words(f"rule {row['rule_id']}: {row['en']}", f"规则 {row['rule_id']}：{row['zh']}"),
            remedy=_FINDING,
            **_shared(row, run),
        )


def _quarantine(published: Release, run: str) -> Iterator[Problem]:
    """Give what could not be read, one problem a fiscal year; it is told again when it grows."""
    rows = _ask(
        published,
        f"""
        {unread.OPEN}
        select
            fiscal_year, count(*) as n,
            sum(hash(document_id, line_start, reason)::hugeint)::varchar as identity,
            min_by({{'file': file_name, 'line': nullif(line_start, 0), 'reason': reason, 'text': raw_text,
                'hint': hint_zh}}, (file_name, line_start), $few) as sample
        group by all order by all
        """,
    )
    for row in rows:
        yield Problem(
            scope="quarantine",
            check="unread",
            severity=Severity.warning,
            title=Words("lines that could not be read", "未能读懂的行"),
            remedy=_QUARANTINE,
            **_shared(row, run),
        )


def _shared(row: dict[str, Any], run: str) -> dict[str, Any]:
    places = [f"{each['file']}, 行 line {each['line']}" if each["line"] else each["file"] for each in row["sample"]]
    return {
        "owner": "data",
        "fiscal_year": row["fiscal_year"],
        "fingerprint": row["identity"],
        "count": row["n"],
        "rows": row["sample"],
        "where": list(dict.fromkeys(filter(None, places))),
        "run_id": run,
    }


def _ask(published: Release, sql: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(published.database), read_only=True) as connection:
        found = connection.execute(sql, {"few": _SAMPLE})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _first(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= 300 else f"{line[:299]}…"
