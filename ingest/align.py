"""Which column of a table a cell belongs to, where cells have been shifted, dropped or merged."""

from typing import Final

import polars as pl

from ingest.inline import closes, nth
from ingest.looks import TARGET
from ingest.tokens import ROLES

_NUMBERS: Final = ("col_weight", "col_score", "col_rate", "col_initial", "col_adjusted", "col_executed")
_WORDS: Final = ("col_operator", "col_direction", "col_unit", "col_reason")
_NUMBER: Final = (
    r"^[-\d０-９.,，．%％\s(（]+(?:分|万元|元)?[)）]?$|^[/／—－-]+$|^无$"
    r"|^#(?:DIV/0|REF|VALUE|NAME|NUM|NULL|N/A)[!?]?$"  # a workbook's formula that failed
)
_OPERATOR: Final = r"[于等性向]|不[低高少多]|超过|达到|区间|范围"
_WORDY: Final = r"^\p{Han}{3,}$"


def align(
    cells: pl.DataFrame,
    header: pl.DataFrame,
    closing: tuple[str, ...],
    unsaid: tuple[str, ...] = (),
    drawn: pl.Series | None = None,
) -> pl.DataFrame:
    """Give each cell of a table's rows the meaning of a column.

    Four readings are tried in turn; the first that places every cell of the row holds:

    1. the row's labels stand exactly below theirs in the header, and every other cell below a column too;
    2. as many cells as columns: their order decides;
    3. every cell stands below a column once the row is moved by `shift`: the place decides (a cell must stand below
       the content; where cells stand below levels, the others must be a complete row);
    4. as many cells as columns up to the last that must be there (trailing columns are blank): their order decides.

    Where 3 puts cells of unknown words below levels and the order would place them too, their looks decide; where these
    say nothing, the place in a table that is `drawn`, else nothing.

    Args:
        cells: `line`, `block` (the header that holds), `column_no`, `shift` (columns that the row stands too far left,
            NULL where no label tells), sorted by line and column. Other columns are handed through.
        header: `block`, `column_no`, `role` (ROLES), sorted by block and column.
        closing: the roles of which the last is the last column that must not be blank.
        unsaid: the roles that do not count for the order, since rows may leave them out (levels of merged cells).
        drawn: the blocks in which every label stands below its column and blank cells are kept.

    Returns:
        `cells` with `width` (cells in its row) and `as` (ROLES; NULL for every cell of a row that none places).
    """
    header = header.with_columns(counts=~pl.col("role").is_in(unsaid))
    ordered = header.filter("counts").with_columns(nth=pl.int_range(pl.len(), dtype=pl.Int32).over("block"))
    blocks = ordered.group_by("block").agg(
        columns=pl.len().cast(pl.Int32),
        has_content=(pl.col("role") == "col_content").any(),
        closed=(pl.col("nth").filter(pl.col("role").is_in(closing)).max() + 1).cast(pl.Int32),
    )
    below = header.select(below_at=_spot("column_no"), below="role").unique(
        "below_at", keep="first", maintain_order=True
    )
    placing = _numbered(
        cells.select("line", "block", "shift", odd=_odd(header), place=pl.col("column_no").cast(pl.Int32))
    ).with_columns(below_at=_spot(pl.col("place") + pl.col("shift").fill_null(0)), order_at=_spot("nth"))
    numbers = (
        placing.join(blocks, on="block", how="left", maintain_order="left")
        .join(ordered.select(order_at=_spot("nth"), order="role"), on="order_at", how="left", maintain_order="left")
        .join(below, on="below_at", how="left", maintain_order="left")
        .drop("block", "place", "below_at", "order_at")
    )
    below, order = (pl.col(name) for name in ("below", "order"))
    numbers = _counted(
        numbers,
        levels=below.is_in(unsaid),
        stray=below.is_null() | _unlike(below),
        # A row without a content is one moved too far, unless it is but one cell.
        said=pl.when(pl.col("has_content") & (pl.col("width") > 1))
        .then(below == "col_content")
        .otherwise(below.is_in(closing)),
        misfit=_unlike(order),
    )
    # Cells below a level's column that the lexicon does not know are levels only where the rest is a whole row.
    rest = pl.col("width") - pl.col("levels")
    whole = (rest == pl.col("width")) | (rest == pl.col("columns")) | (rest == pl.col("closed"))
    placed = (pl.col("stray") == 0) & (pl.col("said") > 0) & whole
    ordered_well = pl.col("misfit") == 0
    role = (
        pl.when(placed & (pl.col("shift") == 0))
        .then("below")
        .when(ordered_well & (pl.col("width") == pl.col("columns")))
        .then("order")
        .when(placed)
        .then("below")
        .when(ordered_well & (pl.col("width") == pl.col("closed")))
        .then("order")
    )
    numbers = numbers.select("line", "width", "order", "below", role.cast(ROLES).alias("as"), torn=_torn(placed))
    if numbers.get_column("torn").any():
        kept = pl.Series("drawn", [], cells.schema["block"]) if drawn is None else drawn
        numbers = _by_looks(
            numbers.with_columns(cells.get_column("text"), drawn=cells.get_column("block").is_in(kept.implode()))
        )
    by_order = (pl.col("as") == pl.col("order")) & (pl.col("as") != pl.col("below")).fill_null(value=True)
    cells = cells.hstack(numbers.select("width", "as", by_order=by_order.fill_null(value=False)))
    return _believed(cells, unsaid).drop("by_order")


def _believed(cells: pl.DataFrame, unsaid: tuple[str, ...]) -> pl.DataFrame:
    """Give up a row that was moved, or that has words of its own below a level's column, where its target is below the
    content or the remarks then, and none below the targets."""
    line, role = pl.col("line"), pl.col("as")
    named = cells.filter(role.is_in(unsaid)).get_column("line")
    doubted = (pl.col("shift") != 0).fill_null(value=False)
    if len(named):
        doubted = doubted | line.is_in(named.implode())
    told = cells.select("line", "text", "as", doubted=doubted).filter("doubted")
    if not told.height and not cells.get_column("by_order").any():
        return cells
    target = pl.col("text").str.contains(TARGET)
    right = told.filter(role == "col_value").filter(target).get_column("line")
    others = told.filter(role.is_in(["col_content", "col_remark"]), ~pl.col("line").is_in(right.implode()))
    wrong = pl.concat([others.filter(target).get_column("line"), _in_wrong_order(cells)])
    if not len(wrong):
        return cells
    return cells.with_columns(pl.when(~line.is_in(wrong.implode())).then(role).alias("as"))


def _in_wrong_order(cells: pl.DataFrame) -> pl.Series:
    """Return the lines read by their cells' order alone that then have a target for a remark and none for a target, or
    a bare number for the result of a target without any: blank cells were dropped, or a level is unknown."""
    rows = cells.select("line", "text", "as", "by_order").filter("by_order")
    line, role, text = pl.col("line"), pl.col("as"), pl.col("text")
    target = text.str.contains(TARGET)
    astray = rows.filter(role.is_in(["col_content", "col_remark", "col_other"])).filter(target).get_column("line")
    bare = rows.filter(role == "col_actual").filter(text.str.contains(r"^[\d.]+$")).get_column("line")
    if not len(astray) + len(bare):
        return astray
    value = role == "col_value"
    said = (
        rows.filter(line.is_in(pl.concat([astray, bare]).implode()))
        .group_by("line")
        .agg(
            valued=value.any(),
            aimed=(value & target).any(),
            counted=(value & text.str.contains(r"\d")).any(),
        )
    )
    lost, odd = ~pl.col("aimed") & line.is_in(astray.implode()), ~pl.col("counted") & line.is_in(bare.implode())
    return said.filter(pl.col("valued") & (lost | odd)).get_column("line")


def _spot(place: str | pl.Expr) -> pl.Expr:
    """Return block and place in it as one number: joins on one key are several times quicker than on two."""
    place = pl.col(place) if isinstance(place, str) else place
    return pl.col("block").cast(pl.Int64) * _PLACES + place.cast(pl.Int64)


_PLACES: Final = 2**20
"""More places than a row has, moved to the left ones too."""


def _torn(placed: pl.Expr) -> pl.Expr:
    """Say whether place and order both do for a row: its first cell is a level by the one, the content by the other."""
    fits = (pl.col("width") == pl.col("columns")) | (pl.col("width") == pl.col("closed"))
    return placed & (pl.col("levels") > 0) & fits


def _by_looks(cells: pl.DataFrame) -> pl.DataFrame:
    """Let the reading hold that puts what reads like a target below the targets; neither, where both or none do."""
    torn = cells.filter("torn")
    target = pl.col("text").str.contains(TARGET)
    looks = torn.group_by("line").agg(
        by_order=((pl.col("order") == "col_value") & target).any(),
        by_place=((pl.col("below") == "col_value") & target).any(),
    )
    chosen = (
        pl.when(pl.col("by_order") & ~pl.col("by_place"))
        .then("order")
        .when((pl.col("by_place") & ~pl.col("by_order")) | (pl.col("drawn") & ~pl.col("by_order")))
        .then("below")
    )
    return cells.join(looks, on="line", how="left", maintain_order="left").with_columns(
        pl.when("torn").then(chosen).otherwise("as").cast(ROLES).alias("as")
    )


def _odd(header: pl.DataFrame) -> pl.Expr:
    """Say of each cell what it cannot be: words no number, numbers no word; only asked where a header has such."""
    roles, text = set(header.get_column("role").cast(pl.String)), pl.col("text")
    if not roles & {*_NUMBERS, *_WORDS}:
        return pl.lit(None, pl.String)
    wordy = (
        text.str.contains(_WORDY) & ~text.str.contains(_OPERATOR) if "col_operator" in roles else pl.lit(value=False)
    )
    return (
        pl.when(wordy)
        .then(pl.lit("words"))
        .when(~text.str.contains(_NUMBER))
        .then(pl.lit("number"))
        .when(text.str.contains(r"\d"))
        .then(pl.lit("operator"))
    )


def _unlike(role: pl.Expr) -> pl.Expr:
    """Say whether a cell cannot be what its column holds: a weight or a score is a number; operators, units and reasons
    are none; nor is an operator a word of its own (有所改善)."""
    odd = pl.col("odd")
    return (
        (odd.is_in(["number", "words"]) & role.is_in(_NUMBERS))
        | ((odd == "operator") & role.is_in(_WORDS))
        | ((odd == "words") & (role == "col_operator"))
    )


def _numbered(cells: pl.DataFrame) -> pl.DataFrame:
    """Add `nth` and `width` to cells sorted by line."""
    return cells.with_columns(nth=nth().cast(pl.Int32)).with_columns(
        width=pl.when(closes()).then(pl.col("nth") + 1).backward_fill()
    )


_BITS: Final = 15
"""Room for one count in a row: 32,767 cells, more than a document may have columns."""


def _counted(cells: pl.DataFrame, **whats: pl.Expr) -> pl.DataFrame:
    """Count how often each of `whats` holds in a cell's row.

    By one running sum that carries all counts side by side: cheaper than windows over millions of rows. The
    difference of two sums is exact even where one count has run over into the next.
    """
    packed = pl.sum_horizontal(
        what.fill_null(value=False).cast(pl.Int64) * (1 << (_BITS * number))
        for number, what in enumerate(whats.values())
    )
    cells = cells.with_columns(packed=packed).with_columns(running=pl.col("packed").cum_sum())
    before = pl.when(pl.col("nth") == 0).then(pl.col("running") - pl.col("packed")).forward_fill()
    after = pl.when(pl.col("nth") == pl.col("width") - 1).then("running").backward_fill()
    return cells.with_columns(packed=after - before).with_columns(
        (pl.col("packed") // (1 << (_BITS * number)) & ((1 << _BITS) - 1)).cast(pl.Int32).alias(name)
        for number, name in enumerate(whats)
    )
