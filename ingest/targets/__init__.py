"""Printed values → operator, number, unit, dates, text. What a value may say stands in words.yml and units.csv."""

from ingest.targets.actuals import type_actuals
from ingest.targets.values import MILESTONES, TYPED, type_values

__all__ = ["MILESTONES", "TYPED", "type_actuals", "type_values"]
