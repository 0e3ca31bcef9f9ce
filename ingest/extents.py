"""Lines of known kinds → which form each belongs to, and which part of it is open on it."""

import polars as pl

from ingest.structure import HEADS, KINDS, MUTE, has


def extents(described: pl.DataFrame) -> pl.DataFrame:
    """Say of each line where it belongs.

    Args:
        described: as `ingest.structure.describe` returns it.

    Returns:
        `described` without `indent` and `new_document`, with `form` (the line that its form begins on, NULL outside forms), `open`
        (inside an indicator table), `paying` (inside a self-evaluation's table of money), `in_list` (inside a list of many
        projects), `region` (kind of the last line that said something).
    """
    # As one plan, which finds out once what several columns ask for.
    return _regions(_forms(described.lazy())).drop("indent", "new_document").collect(engine="in-memory")


def _forms(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Number the forms: one begins at its title, or at its first field where no title is printed."""
    kind = pl.col("kind")
    speaks = ~kind.is_in(MUTE)
    told = pl.when(speaks).then(kind)
    named = kind.is_in(["field", "list_columns"]) & has("project_name")
    opens = (
        pl.when(kind.is_in(["columns", "level", "money_columns"]))
        .then(False)
        .when(kind.is_in(["title", "list_columns"]) | named)
        .then(True)
    )
    document = pl.col("new_document").cum_sum()
    frame = frame.with_columns(
        before=told.shift(1).forward_fill(),
        document=document,
        heads=opens,
    )
    spoken = pl.when(speaks).then(pl.col("document"))
    last, following = spoken.shift(1).forward_fill(), spoken.shift(-1).backward_fill()
    # A list's header comes again after a page break; only a title, or no list before it, makes it a new list.
    heading = kind.is_in(["title", "list_columns", "columns"])
    headed = pl.when(heading).then(pl.col("document")).shift(1).forward_fill() == pl.col("document")
    frame = frame.with_columns(
        before=pl.when(last == pl.col("document")).then("before"),
        # What comes next, this line excluded: a table straight below a title means a page break, not a form.
        ahead=pl.when(kind.is_in([*MUTE, "title"])).then(None).otherwise(kind).shift(-1).backward_fill(),
        next_head=pl.col("heads").shift(-1).backward_fill(),
        table=pl.when(speaks & (kind != "sum")).then(kind).shift(1).forward_fill(),
        after=pl.when(following == pl.col("document")).then(told.shift(-1).backward_fill()),
        in_list=(headed & (pl.when(heading).then(kind).shift(1).forward_fill() == "list_columns")).fill_null(
            value=False
        ),
    )
    before = pl.col("before")
    fresh = before.is_null() | ~before.is_in(["title", "field"])
    title = (
        (kind == "title")
        & (before.is_null() | (before != "title"))
        & (before.is_null() | ~pl.col("ahead").is_in(["columns", "level"]).fill_null(value=False))
    )
    field = (
        (kind == "field")
        & fresh
        & (named | (has("unit", "department", "project_code", "fiscal_year") & pl.col("next_head")))
    )
    listed = (kind == "list_columns") & fresh & ~pl.col("in_list")
    # Where a form's first lines are lost, its other fields must not fall to the form above: they stand left of all contents.
    headless = (
        kind.is_in(["field", "money", "goal"])
        & pl.col("table").is_in(["columns", "level"])
        & pl.col("after").is_in(["field", "money", "sum", "goal", "columns", "money_columns"])
        & (pl.col("first") != "other_field")
        & (pl.col("indent") <= 1)
        & ~pl.col("in_list")
    )
    start = (title | field | listed | headless).fill_null(value=False)
    frame = frame.with_columns(start=start)
    line = pl.col("line")
    form = pl.when("start").then(line).forward_fill()
    born = pl.when("new_document").then(line).forward_fill()
    form = pl.when(form >= born).then(form)
    # 单位：万元 above the first title, or straight above another one, is that form's.
    first = pl.when("start").then(line).backward_fill()
    near = pl.when("start").then("document").backward_fill() == pl.col("document")
    title_next = pl.when(kind != "blank").then(pl.col("start") & (kind == "title")).shift(-1).backward_fill()
    lead = pl.when((kind == "unit") & near & (form.is_null() | title_next)).then(first)
    return frame.with_columns(form=pl.coalesce(lead, form), leads=lead.is_not_null()).drop(
        "before", "heads", "ahead", "next_head", "after", "table", "document", "in_list"
    )


def _tasks() -> pl.Expr:
    """Take the second header row of a department's tasks (总额, 财政拨款) and the rows below it for what they are."""
    kind = pl.col("kind")
    # One cell a line: the last label of the second row has the first task behind it.
    flat = (pl.col("dialect") == "cell") & ~has("money_head")
    header = (kind.is_in(["money", "field"]) & (pl.col("unlabelled") == 0)) | ((kind == "money") & flat)
    last = pl.when(~kind.is_in(MUTE) & ~header).then(kind).forward_fill()
    below = (last == "task") & ((kind == "text") | header)
    return pl.when(below & pl.col("form").is_not_null()).then(pl.lit("task", KINDS)).otherwise(kind)


def _regions(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Mark the lines on which an indicator table, or a list of many projects, is open."""
    frame = frame.with_columns(kind=_tasks())
    kind = pl.col("kind")
    # A row of nothing but labels (实施内容, 开始时间, 完成时间) heads another table.
    headed = (pl.col("unlabelled") == 0) & (pl.col("size") > 1) & kind.is_in(["field", "task"])
    tail = (
        (kind == "signature")
        | headed
        | ((kind == "field") & (pl.col("first") == "other_field") & (pl.col("indent") == 0))
    )
    border = pl.col("start") | pl.col("new_document")
    table = kind.is_in(["columns", "level"])
    past = pl.when(table).then(True).when(border | (kind == "list_columns")).then(False).forward_fill()
    # Behind a table, 总分 sums up its scores, whatever stands between; before it, 合计 is money.
    opened = (
        pl.when(table | ((kind == "sum") & past))
        .then(True)
        .when(border | tail | kind.is_in(["list_columns", "money_columns"]))
        .then(False)
    )
    paying = (
        pl.when(kind == "money_columns")
        .then(True)
        .when(border | kind.is_in(["title", "field", "goal", "columns", "level", "signature"]))
        .then(False)
    )
    listed = pl.when(kind == "list_columns").then(True).when(border | (kind == "columns")).then(False)
    inside = pl.col("form").is_not_null() & ~pl.col("leads")  # nothing of the form above is open on its line
    return frame.with_columns(
        open=opened.forward_fill().fill_null(value=False) & inside & ~listed.forward_fill().fill_null(value=False),
        paying=paying.forward_fill().fill_null(value=False) & inside,
        # 绩效指标 ends a goal, whether its table can be read or not.
        region=pl.when(~kind.is_in(MUTE) | ((kind == "head") & has(*HEADS))).then(kind).forward_fill(),
        in_list=listed.forward_fill().fill_null(value=False) & inside,
    ).drop("start", "leads")
