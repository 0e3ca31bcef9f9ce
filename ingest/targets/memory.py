"""What texts say that come again in every batch (units, signs): read once, kept for the next."""

from collections.abc import Callable
from typing import Final

import polars as pl

_MOST: Final = 20_000
"""Texts that are kept, a few MB; with more the memory begins anew."""


def remembering(read: Callable[[pl.Series], pl.DataFrame]) -> Callable[[pl.Series], pl.DataFrame]:
    """Let `read`, which says of each text on its own what it holds, read only texts that are new to it.

    Args:
        read: one row a text, in order; pure.
    """
    kept: list[pl.DataFrame] = []

    def reading(texts: pl.Series) -> pl.DataFrame:
        given = texts.alias("text").to_frame()
        known = kept[0] if kept else None
        new = given.unique() if known is None else given.join(known, on="text", how="anti", nulls_equal=True).unique()
        if new.height or known is None:
            found = new.hstack(read(new.get_column("text")))
            known = found if known is None else pl.concat([known, found], rechunk=True)
            # Threads that do so at once only forget what the other found.
            kept[:] = [known if known.height <= _MOST else found]
        return given.join(known, on="text", how="left", nulls_equal=True, maintain_order="left").drop("text")

    return reading
