"""Every model in Spark's SQL, read without Spark: a model that only DuckDB understands is seen at once.

What it means stands elsewhere: test_cluster compares what the two engines make of it.
"""

import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlglot
from dbt.adapters.spark import SparkAdapter
from dbt.cli.main import dbtRunner
from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError

from orchestration.home import REPOSITORY
from orchestration.transform import PROJECT

FUNCTIONS = frozenset(Path(__file__).with_name("functions.txt").read_text("utf-8").split())
"""What `show functions` says in Spark 4.1.4, without the operators; to be added to with a newer Spark only."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of each model, by name, as a whole build on Spark would send it; nothing is asked of an engine
    (time_spine is dbt's own macro, and would ask)."""
    folder = tmp_path_factory.mktemp("dialect")
    places = {
        "JIXIAO_LAKE": f"{folder}/lake",
        "JIXIAO_REFERENCE": f"{REPOSITORY}/ingest/reference",
        "JIXIAO_WAREHOUSE": f"{folder}/warehouse.duckdb",
        "JIXIAO_SPARK_TABLES": f"{folder}/tables",
    }
    arguments = ["compile", "--target", "spark", "--full-refresh", "--no-populate-cache", "--log-level", "none"]
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in places.items():
            patch.setenv(name, value)
        patch.setattr(SparkAdapter, "list_relations_without_caching", lambda *_: [])
        # Whether it is installed is all that the profile wants to know.
        patch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
        done: Any = dbtRunner().invoke(
            [
                *arguments,
                *folders,
                "--log-path",
                str(folder),
                "--select",
                "resource_type:model",
                "--exclude",
                "time_spine",
            ]
        )
    assert done.success, done.exception or [result.message for result in done.result]
    return {result.node.name: result.node.compiled_code for result in done.result}


def test_every_function_is_one_of_sparks(models: dict[str, str]) -> None:
    unknown = {name: sorted(called(sql) - FUNCTIONS) for name, sql in models.items()}
    assert {name: names for name, names in unknown.items() if names} == {}


def test_every_model_is_in_sparks_grammar(models: dict[str, str]) -> None:
    said = {name: foreign(sql) for name, sql in models.items()}
    assert {name: words for name, words in said.items() if words} == {}


@pytest.mark.parametrize(
    "sql",
    [
        "select list_sort(x), 'a (b)', count(*) from t where y in (1)",
        "select x from unnest(y)",
        "select [1, 2] as x",
        "select * exclude (a) from t",
        "select a from t qualify row_number() over (order by a) = 1",
        "select distinct on (a) b from t",
        "select {'a': 1} as x",
    ],
)
def test_what_only_duckdb_knows_is_seen(sql: str) -> None:
    assert called(sql) - FUNCTIONS or foreign(sql)


def called(sql: str) -> set[str]:
    """Return the names that stand before a parenthesis and are no keywords (`within group (…)` is one to Spark)."""
    names = {TokenType.VAR, TokenType.UNNEST}
    pairs = pairwise(sqlglot.tokenize(sql, read="spark"))
    return {
        one.text.lower() for one, after in pairs if one.token_type in names and after.token_type is TokenType.L_PAREN
    } - {"group"}


def foreign(sql: str) -> list[str]:
    """Return what is not in Spark's grammar, or is there only by the parser's kindness."""
    try:
        tree = sqlglot.parse_one(sql, read="spark")
    except ParseError as error:
        return [str(error)]
    lists = ["[" for one, after in pairwise(sqlglot.tokenize(sql, read="spark")) if _opens_a_list(one, after)]
    stars = [star.sql() for star in tree.find_all(exp.Star) if star.args.get("except_")]
    distinct = [distinct.sql() for distinct in tree.find_all(exp.Distinct) if distinct.args.get("on")]
    return [*lists, *stars, *distinct, *(clause.sql() for clause in tree.find_all(exp.Qualify))]


def _opens_a_list(one: Token, after: Token) -> bool:
    indexed = {TokenType.VAR, TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.IDENTIFIER}
    return after.token_type is TokenType.L_BRACKET and one.token_type not in indexed
