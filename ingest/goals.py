"""Goal lines → the goal of the year, of the whole project, and what became of it."""

from typing import Final

import polars as pl

from ingest import lexicon
from ingest.forms import join_spaced
from ingest.inline import in_line, nth, opens, ordered, so_far
from ingest.structure import GOALS
from ingest.targets.text import replace_where
from ingest.tokens import LONGEST_LABEL, ROLES

AMBIGUOUS: Final = "ambiguous"
"""The role of lines of which nobody can say to which of two goals they belong."""
AGAIN: Final = "again"
"""The role of a goal that another label of its row has told already (年初绩效目标 | 全年（调整）绩效目标)."""
UNKNOWN: Final = "unknown"
"""The role of what stands below a label that nobody knows, in a row of goals' labels."""
_SENTENCE: Final = r"[。；;，,！!\d]"


def goals(tokens: pl.DataFrame) -> pl.DataFrame:
    """Read the goals, printed beside their label or below a row of labels, over any number of lines.

    Args:
        tokens: tokens of the lines whose region is a goal, outside indicator tables, with `form`, `kind`; sorted.

    Returns:
        One row a form and role (goal, goal_project, goal_result): `form`, `role`, `text`, `line` (where it begins). And
        a row a line of the role `ambiguous`, where texts of two goals stand below each other and nothing parts them.
    """
    role, line = pl.col("role"), pl.col("line")
    tokens = _without_lower_halves(tokens)
    label = role.is_in(GOALS) & (pl.col("kind") != "text")
    tokens = join_spaced(tokens, _two_texts(tokens, label.fill_null(value=False)))
    tokens = tokens.with_columns(label=label.fill_null(value=False), number="label")
    unknown = _unknown_labels(tokens)
    tokens = tokens.with_columns(
        label=pl.col("label") | unknown, unknown=unknown, at=pl.int_range(pl.len(), dtype=pl.UInt32)
    ).with_columns(
        row=pl.when("label").then(line).forward_fill(),
        next_label=(pl.col("label").shift(-1) & (line.shift(-1) == line)).fill_null(value=False),
        next_text=(~pl.col("label").shift(-1) & (line.shift(-1) == line)).fill_null(value=False),
    )
    # What stands before the first label of a row heads it (项目基本情况), and is no more of the row above.
    tokens = tokens.filter((in_line(pl.col("label")) == 0) | (so_far(pl.col("label")) > 0))
    # 绩效目标 heads the goals' labels, or is itself the label where none stands beside or below it.
    result = (role.shift(-1) == "goal_result") & (line.shift(-1) == line)
    text_next = (~pl.col("label").shift(-1) | result).fill_null(value=False)
    named = tokens.filter(pl.col("label"), ~role.is_in(["goal_head", "goal_result"])).get_column("form")
    plain = tokens.filter(pl.col("label") & (role == "goal_head") & text_next, ~pl.col("form").is_in(named.implode()))
    if plain.height:
        own = (role == "goal_head") & pl.col("at").is_in(plain.get_column("at").implode())
        tokens = tokens.with_columns(role=pl.when(own).then(pl.lit("goal", ROLES)).otherwise(role))
    head = (pl.col("label") & (role == "goal_head")).fill_null(value=False)
    if tokens.get_column("next_label").any():
        double = (role.count().over("line", "role") > 1) & (pl.col("at") == pl.col("at").min().over("line", "role"))
        head = head | (pl.col("label") & double & pl.col("next_label"))
    labels = (
        tokens.filter(pl.col("label") & ~head)
        .select("form", "line", "row", "role", "number", "unknown", "next_text", "column_no", "text", label_at="at")
        .pipe(ordered, "row")
    )
    # 年度目标1 and 年度目标2 are parts of one goal, but two words for it are two goals.
    again = pl.col("number") != pl.col("number").first().over("row", "role")
    labels = labels.with_columns(
        role=pl.when("unknown").then(pl.lit(UNKNOWN)).when(again).then(pl.lit(AGAIN)).otherwise(role.cast(pl.String))
    )
    other = labels.filter(role.is_in([AGAIN, UNKNOWN]))
    told_as = role.cast(pl.String)
    if other.height:
        names = tokens.select(told_as).to_series().scatter(other.get_column("label_at"), other.get_column("role"))
        tokens, told_as = tokens.with_columns(told_as=names), pl.col("told_as")
    owner = pl.when("label").then(told_as).when(line != line.shift(1)).then(pl.lit("goal_head"))
    beside = tokens.with_columns(owner=owner.forward_fill()).filter(
        ~pl.col("label") & (line == pl.col("row")) & (pl.col("owner") != "goal_head")
    )
    waiting = labels.filter(~pl.col("next_text")).with_columns(nth=nth())
    last = labels.group_by("row", maintain_order=True).agg(last=role.last())
    below = (
        _below(tokens.filter(~pl.col("label") & (line > pl.col("row"))), waiting)
        .join(last, on="row", how="left", maintain_order="left")
        .with_columns(owner=pl.coalesce("waiting", "last"))
    )
    columns = ["form", "owner", "line", "at", "text"]
    told = (
        pl.concat([beside.select(columns), below.select(columns)])
        .filter(pl.col("owner").is_not_null())
        .sort("at")
        .group_by("form", pl.when(pl.col("owner") == AMBIGUOUS).then("line"), role="owner", maintain_order=True)
        .agg("text", first=pl.col("line").first())
        .with_columns(pl.col("text").list.join("\n"))
    )
    told = told.select("form", "role", _unquoted(told.get_column("text")).str.strip_chars(), line="first")
    named = other.unique(["form", "role"], keep="first").select("form", "role", named="text")
    return told.join(named, on=["form", "role"], how="left", maintain_order="left")


def _without_lower_halves(tokens: pl.DataFrame) -> pl.DataFrame:
    """Leave out the lower half of a label that is broken over two rows (年度总体 | 预期目标 above 目标 | …): the row's other
    cells stand below the labels of the upper row."""
    firsts = tokens.select(
        "line", "text", upper=opens() & pl.col("role").is_null() & pl.col("role").shift(-1).is_in(GOALS)
    )
    firsts = firsts.with_row_index("at").filter(opens()).with_columns(pl.col("upper").fill_null(value=False))
    halves = firsts.filter(pl.col("upper").shift(1, fill_value=False)).select("at", "line", "text")
    if not halves.height:
        return tokens
    above = firsts.select(pl.col("line").shift(1).alias("above"), pl.col("text").shift(1).alias("half"), "at")
    words = lexicon.labels().filter(pl.col("role").is_in(GOALS)).get_column("word")
    halves = halves.join(above, on="at").filter(lexicon.normalise(pl.concat_str("half", "text")).is_in(words.implode()))
    near = pl.concat([halves.get_column("line"), halves.get_column("above")])
    cells = (
        tokens.filter(pl.col("line").is_in(near.implode()))
        .group_by("line")
        .agg(cells=pl.len(), labels=pl.col("role").is_in(GOALS).sum())
    )
    whole = halves.join(cells, on="line").join(cells.select(above="line", upper="cells", named="labels"), on="above")
    whole = whole.filter(pl.col("cells") == pl.col("upper"), pl.col("named") == pl.col("upper") - 1)
    gone = whole.filter(pl.col("labels") <= 1).get_column("at")
    return tokens.with_row_index("at").filter(~pl.col("at").is_in(gone.implode())).drop("at")


def _unknown_labels(tokens: pl.DataFrame) -> pl.Series:
    """Say of each token whether it is a label that nobody knows: the one text, and the last, in a row of several labels
    with a text below each of them, and one below it."""
    line, label = pl.col("line"), pl.col("label")
    maybe = ~label & label.shift(1) & (line == line.shift(1)) & (line != line.shift(-1))
    maybe = maybe & (line == line.shift(2)) & ~pl.col("text").str.contains(_SENTENCE)
    maybe = maybe & (pl.col("text").str.len_bytes() <= LONGEST_LABEL)
    at = tokens.select(maybe.fill_null(value=False).arg_true()).to_series()
    nothing = pl.repeat(value=False, n=tokens.height, eager=True)
    if not len(at):
        return nothing
    lines = tokens.get_column("line")
    rows = pl.DataFrame({"at": at, "row": lines.gather(at), "below": lines.gather((at + 1).clip(0, tokens.height - 1))})
    near = tokens.filter(line.is_in(rows.get_column("row").implode()) | line.is_in(rows.get_column("below").implode()))
    heads = (pl.col("role") == "goal_head") | ((pl.col("role") == pl.col("role").shift(-1)) & (nth() == 0))
    counts = (
        near.with_columns(head=(label & heads).fill_null(value=False))
        .group_by("line")
        .agg(labels=(label & ~pl.col("head")).sum(), texts=(~label).sum())
    )
    rows = rows.join(counts.select(row="line", labels="labels", alone=pl.col("texts") == 1), on="row").join(
        counts.select(below="line", texts="texts", none=pl.col("labels") == 0), on="below"
    )
    found = rows.filter("alone", "none", pl.col("labels") > 0, pl.col("texts") == pl.col("labels") + 1).get_column("at")
    return nothing.scatter(found, values=True)


def _unquoted(texts: pl.Series) -> pl.Series:
    return replace_where(texts, texts.str.starts_with('"'), lambda some: some.str.replace(r'^"([\s\S]*)"$', "${1}"))


def _two_texts(tokens: pl.DataFrame, label: pl.Expr) -> pl.Series:
    """Say of each token whether its line holds two texts below two labels: there a blank parts them."""
    if not (tokens.get_column("dialect") == "space").any():
        return pl.repeat(value=False, n=tokens.height, eager=True)
    named = tokens.with_columns(label=label).with_columns(
        row=pl.when("label").then("line").forward_fill(), labels=pl.col("label").sum().over("line")
    )
    waiting = pl.when("label").then("labels").forward_fill() == 2
    return (
        named.select(waiting & (pl.len().over("line") == 2) & (pl.col("labels") == 0))
        .to_series()
        .fill_null(value=False)
    )


def _below(texts: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """Say of texts below a row of labels whose they are (`waiting`): their order says it, else the place they stand at.

    Args:
        texts: tokens with `row` (the labels' line), sorted.
        waiting: `row`, `nth`, `role`, `column_no` of labels that have nothing beside them.
    """
    counts = waiting.group_by("row").agg(labels=pl.len())
    texts = texts.with_columns(
        nth=pl.int_range(pl.len()).over("line").cast(pl.UInt32),
        cells=pl.len().over("line"),
        lines=pl.col("line").n_unique().over("row"),
    ).join(counts, on="row", how="left", maintain_order="left")
    named = waiting.select("row", "nth", waiting=pl.col("role").cast(pl.String))
    texts = texts.join(named, on=["row", "nth"], how="left", maintain_order="left")
    fewer = (pl.col("cells") < pl.col("labels")).fill_null(value=False)
    if not texts.select(fewer.any()).item():
        return texts
    places = waiting.select("row", "column_no", by_place=pl.col("role").cast(pl.String)).sort("column_no")
    texts = texts.sort("column_no").join_asof(places, on="column_no", by="row", check_sortedness=False).sort("at")
    flat = ((pl.col("dialect") == "cell") & (pl.col("lines") > 1)) | (
        (pl.col("dialect") == "space") & pl.col("text").str.contains(" ", literal=True)
    )
    # Left of all labels stands what a line break in the last cell has cut off; where blank cells were dropped, nobody knows.
    whole = pl.when((pl.col("cells") == pl.col("labels")) & (pl.col("nth") == 0)).then("column_no")
    begins = whole.forward_fill().over("row")
    cut = fewer & (pl.col("cells") == 1) & (pl.col("dialect") == "tab") & pl.col("by_place").is_null()
    closing = waiting.group_by("row").agg(closing=pl.col("role").last().cast(pl.String))
    texts = texts.join(closing, on="row", how="left", maintain_order="left").with_columns(begins=begins)
    return texts.with_columns(
        waiting=pl.when(cut & (pl.col("begins") > pl.col("column_no")))
        .then("closing")
        .when(cut & pl.col("begins").is_not_null())
        .then(pl.lit(AMBIGUOUS))
        .when(fewer & flat)
        .then(pl.lit(AMBIGUOUS))
        .when(fewer)
        .then(pl.coalesce("by_place", "waiting"))
        .otherwise("waiting")
    ).drop("by_place", "begins", "closing")
