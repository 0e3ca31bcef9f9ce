"""What became of every line, and what could not be read."""

from typing import Final

import polars as pl

from ingest.declarations import NO_FORM
from ingest.goals import AMBIGUOUS
from ingest.inline import ordered
from ingest.looks import KINDS_OF_TARGETS
from ingest.messages import quarantine
from ingest.reading import Reading, at
from ingest.structure import KINDS, has, renamed

DISPOSITIONS: Final = (
    "title",
    "header",
    "label",
    "funding",
    "execution",
    "goal",
    "indicator",
    "total",
    "task",
    "signature",
    "note",
    "blank",
    "ruler",
    "outside",
    "quarantined",
)
"""title, header (project block), label (words that only name columns or levels), funding, execution (money of a
self-evaluation), goal, indicator, total (sums of a table), task (of a whole department, with
money of its own), signature (who signed, what officials remarked), note
(the form's own footnotes), blank, ruler, outside (text around the forms), quarantined."""

DISPOSITION: Final = pl.Enum(DISPOSITIONS)
_PLAIN: Final = {
    "blank": "blank",
    "ruler": "ruler",
    "title": "title",
    "head": "label",
    "columns": "label",
    "list_columns": "label",
    "money_columns": "label",
    "signature": "signature",
    "note": "note",
    "task": "task",
    "unit": "header",
    "page": "outside",
}


def dispositions(lines: pl.DataFrame, funding: pl.Series, execution: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each line its disposition, and each line that could not be read its reason.

    Args:
        lines: as `ingest.structure.describe` returns them.
        funding: lines that gave a row of money; execution: of money in a self-evaluation.
        rows: `line` and `fate` of the lines of indicator tables.

    Returns:
        `line`, `disposition` (DISPOSITION), `reason` (a code of messages.yml, NULL where the line was read).
    """
    kind = pl.col("kind")
    rows = rows.select("line", "fate").filter((pl.col("line") != pl.col("line").shift(1)).fill_null(value=True))
    fated = lines.join(rows, on="line", how="left", maintain_order="left").with_columns(
        _marked(lines.height, funding).alias("funding"), _marked(lines.height, execution).alias("execution")
    )
    fate, said = pl.col("fate"), {name: pl.lit(name, DISPOSITION) for name in DISPOSITIONS}
    inside = pl.col("form").is_not_null()
    # A total or a source with amounts that no column of the table of money took.
    unplaced = pl.col("paying") & kind.is_in(["money", "sum"]) & has("total", "source", "sum")
    unplaced = unplaced & (pl.col("unlabelled") > 0)
    goal = (kind == "goal") | ((kind == "text") & (pl.col("region") == "goal"))
    disposition = (
        pl.when(kind.is_in(list(_PLAIN)))
        .then(renamed(kind, _PLAIN, KINDS.categories, DISPOSITION))
        .when(fate == "indicator")
        .then(said["indicator"])
        .when(fate == "label")
        .then(said["label"])
        .when((fate == "total") | (inside & pl.col("open") & (kind == "sum")))
        .then(said["total"])
        .when(fate.is_in(["columns_ambiguous", "row_incomplete"]))
        .then(said["quarantined"])
        .when(~inside)
        .then(said["outside"])
        .when("open")
        .then(said["quarantined"])
        .when("execution")
        .then(said["execution"])
        .when("funding")
        .then(said["funding"])
        .when(unplaced)
        .then(said["quarantined"])
        .when(kind.is_in(["money", "sum"]))
        .then(said["label"])
        .when(goal)
        .then(said["goal"])
        .when(kind == "field")
        .then(said["header"])
        .otherwise(said["quarantined"])
    )
    found = fated.select("line", "fate", disposition=disposition, unplaced=unplaced)
    unread = found.filter(pl.col("disposition") == "quarantined").select(
        "line",
        reason=pl.coalesce("fate", pl.when("unplaced").then(pl.lit("columns_ambiguous")), pl.lit("words_unknown")),
    )
    return found.select("line", "disposition").join(unread, on="line", how="left", maintain_order="left")


def _marked(height: int, lines: pl.Series) -> pl.Series:
    """Return a flag a line, true for `lines`."""
    return pl.repeat(value=False, n=height, eager=True).scatter(lines.unique(), True)


def settle(read: Reading, forms: pl.DataFrame) -> pl.DataFrame:
    """Return every line's disposition and, where it could not be read, why."""
    found = dispositions(read.described, read.funding.get_column("line"), read.execution.get_column("line"), read.rows)
    if read.leaders.height:
        found = _follow(found, read.leaders)
    found = found.with_columns(read.described.get_column("form"), read.lines.get_column("document_id"))
    found = ordered(found, "form").join(
        forms.select("form", "refusal", "form_no"), on="form", how="left", maintain_order="left"
    )
    formless = _formless(read.lines, forms)
    if formless.height:
        found = found.join(formless, on="document_id", how="left", maintain_order="left")
    else:
        found = found.with_columns(formless=pl.lit(None, pl.String))
    torn = read.goals.filter(pl.col("role") == AMBIGUOUS).get_column("line").implode()
    found = found.with_columns(
        formless=pl.coalesce("formless", pl.when(pl.col("line").is_in(torn)).then(pl.lit("goals_ambiguous")))
    )
    said = ~pl.col("disposition").is_in(["blank", "ruler"])
    astray = _astray(read, forms)
    found = found.with_columns(
        formless=pl.coalesce(
            "formless",
            pl.when(
                (pl.col("disposition") == "indicator")
                & pl.col("refusal").is_null()
                & (pl.col("form_no").is_null() | pl.col("line").is_in(astray.implode()))
            ).then(pl.lit("columns_ambiguous")),
        )
    )
    around = said & (pl.col("refusal") == NO_FORM).fill_null(value=False)
    found = found.with_columns(
        disposition=pl.when(around).then(pl.lit("outside", DISPOSITION)).otherwise("disposition"),
        reason=pl.when(~around).then("reason"),
        refusal=pl.when(~around).then("refusal"),
    )
    why = pl.when(said).then(pl.coalesce("formless", "refusal"))
    return found.with_columns(
        disposition=pl.when(why.is_not_null()).then(pl.lit("quarantined", DISPOSITION)).otherwise("disposition"),
        reason=pl.coalesce(why, "reason"),
        form_no=pl.when(
            pl.col("formless").is_null() | pl.col("formless").is_in(["goals_ambiguous", "columns_ambiguous"])
        ).then("form_no"),
    ).drop("formless")


def _astray(read: Reading, forms: pl.DataFrame) -> pl.Series:
    """Return the lines of indicators that no form publishes, though their line stands in one: no line may be lost."""
    rows = read.rows.select("line", "form")
    apart = rows.get_column("form").ne_missing(read.described.get_column("form")[rows.get_column("line")])
    if not apart.any():
        return rows.get_column("line").clear()
    kept = forms.filter(pl.col("refusal").is_null()).select("form")
    return rows.filter(apart).join(kept, on="form", how="anti").get_column("line")


_RUN_TOGETHER: Final = (
    r"一级指标.*二级指标.*(?:产出|投入|效益|成本)|项目名称.*(?:主管部门|实施单位).*(?:一级|年度|资金)"
    r"|^\s*[一二三]级指标[\s|]*$"
)
"""Header and rows, or the project and its money, in one line: the cells ran together. Or the name of a column alone in
its line, and yet no form that could be laid out in rows again (a list of projects)."""
_TRADITIONAL: Final = "績效|項目名稱|[一二三]級指標"
_ABOUT_TARGETS: Final = f"{KINDS_OF_TARGETS}|绩效目标(?:是|为|[:：]|设定|如下)"


def _formless(lines: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Say why documents that gave nothing gave nothing, one reason a document: `document_id`, `formless`.

    A blank template (forms without a project) is one only where its cells did not run together.
    """
    text = pl.col("raw_text")
    read = (
        forms.filter(pl.col("refusal").ne_missing(NO_FORM))
        .group_by("document_id")
        .agg(blank=(pl.col("refusal") == "form_without_project").fill_null(value=False).all())
    )
    first = (pl.col("document_id") != pl.col("document_id").shift(1)).fill_null(value=True)
    unread = lines.filter(first).select(pl.col("document_id").unique()).join(read, on="document_id", how="left")
    unread = unread.filter(pl.col("blank").fill_null(value=True))
    if unread.is_empty():
        return pl.DataFrame(schema={"document_id": pl.String, "formless": pl.String})
    return (
        lines.lazy()
        .join(unread.lazy(), on="document_id")
        .group_by("document_id")
        .agg(
            pl.col("blank").first(),
            traditional=text.str.contains(_TRADITIONAL).any(),
            run_together=text.str.contains(_RUN_TOGETHER).any(),
            about=text.str.contains(_ABOUT_TARGETS).any(),
        )
        .select(
            "document_id",
            formless=pl.when("traditional")
            .then(pl.lit("traditional_characters"))
            .when("run_together")
            .then(pl.lit("separators_lost"))
            .when("blank")
            .then(None)
            .when("about")
            .then(pl.lit("prose"))
            .otherwise(pl.lit("no_form")),
        )
        .drop_nulls()
        .collect(engine="in-memory")
    )


def _follow(found: pl.DataFrame, leaders: pl.DataFrame) -> pl.DataFrame:
    """Give a line whose words went to another line's row the disposition of that row."""
    theirs = leaders.join(found.rename({"line": "leader"}), on="leader").drop("leader")
    others = found.join(theirs, on="line", how="anti")
    return pl.concat([theirs.select(found.columns), others]).sort("line")


def source_lines(settled: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return LAKE["source_line"]: every line and what became of it."""
    return lines.select("document_id", "table_no", "line_no", "place", "raw_text").with_columns(
        settled.get_column("disposition"), settled.get_column("form_no"), correction_id=pl.lit(None, pl.String)
    )


def quarantined(settled: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Gather neighbouring lines of one form and reason into one row."""
    rows = at(settled.filter(pl.col("disposition") == "quarantined"), lines)
    rows = rows.with_columns(lines.get_column("raw_text")[rows.get_column("line")])
    key = ["document_id", "form_no", "table_no", "reason"]
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in key) | (
        pl.col("reason").is_in(["columns_ambiguous", "row_incomplete", "words_unknown"])
    )
    runs = (
        rows.with_columns(run=changed.cum_sum())
        .group_by("run", maintain_order=True)
        .agg(
            pl.col(key).first(),
            line_start=pl.col("line_no").min(),
            line_end=pl.col("line_no").max(),
            raw_text=pl.col("raw_text"),
        )
        .with_columns(pl.col("raw_text").list.join("\n"))
    )
    return quarantine(runs.drop("run"))
