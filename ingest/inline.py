"""Tokens that stand in their lines' order: what hangs on that order is found at once, without hashing."""

import polars as pl


def opens() -> pl.Expr:
    """Say whether a token is the first of its line."""
    line = pl.col("line")
    return (line != line.shift(1)).fill_null(value=True)


def closes() -> pl.Expr:
    """Say whether a token is the last of its line."""
    line = pl.col("line")
    return (line != line.shift(-1)).fill_null(value=True)


def nth() -> pl.Expr:
    """Number the tokens of each line, from 0."""
    at = pl.int_range(pl.len(), dtype=pl.UInt32)
    return at - pl.when(opens()).then(at).forward_fill()


def so_far(flag: pl.Expr) -> pl.Expr:
    """Count the tokens of the line for which `flag` (never NULL) holds, up to this one."""
    running = flag.cast(pl.Int64).cum_sum()
    return running - pl.when(opens()).then(running - flag.cast(pl.Int64)).forward_fill()


def in_line(flag: pl.Expr) -> pl.Expr:
    """Count the tokens of the line for which `flag` (never NULL) holds."""
    return pl.when(closes()).then(so_far(flag)).backward_fill()


def ordered(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Mark those of `columns` that ascend as such: groups and windows over them are several times quicker then."""
    rising = [name for name in columns if frame.get_column(name).is_sorted()]
    return frame.with_columns(pl.col(name).set_sorted() for name in rising)
