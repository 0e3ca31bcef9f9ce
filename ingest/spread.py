"""Values with a name each → one column a name: what a join a name would do, without the joins."""

import polars as pl


def spread(owner: pl.Series, names: pl.Series, values: pl.DataFrame, height: int) -> dict[str, pl.DataFrame]:
    """Spread values over rows, the first of several of one name in one row.

    Args:
        owner: the row (from 0) that each value goes to, none of them NULL.
        names: the name of each value.
        values: one row a value.
        height: how many rows there are.

    Returns:
        For each name that occurs, a frame of `height` rows like `values`; NULL in rows without such a value.
    """
    nowhere = pl.Series("at", [None], dtype=pl.UInt32).new_from_index(0, height)
    columns: dict[str, pl.DataFrame] = {}
    for name in names.unique().drop_nulls():
        # The last one written holds: in reverse order, the first.
        at = (names == name).arg_true().reverse()
        columns[str(name)] = values[nowhere.clone().scatter(owner.gather(at), at)]
    return columns
