"""Printed values → operator, number, unit, dates, text. Their words stand in words.yml and reference/units.csv.

How a careful officer reads them: tests/golden (README.md, liuzhou-2023.json, values.csv). Beyond these conventions:

- A range (80%-90%, ≥80%且≤90%, 20±2℃) is numeric: operator ">=", its lower end, and its upper end, inclusive, as the
  maximum; "~" where 约 is printed.
- 以上, 以下, 以内 include the number, 超过, 不足 do not (Civil Code, article 1259). A sign before the number outweighs
  a word after it, but "=", 约 and 控制在 give way (=100%以上, 控制在95%以上). 》 and 〉 are what the key of ">" types.
- 百分之九十 is 90 %, 九成 is 9 成 (90 %), 半年内 is 0.5 年; numerals inside words (两会, 三类坝, 一次性) are none.
- Relative targets with a number keep it (较上年增长5% is = 5 %, 不低于上年的95% is >= 95 %), others are words.
- A date with a level is a milestone even where it stands alone (12月底前完成100%); the fiscal year itself is only the
  level's scope (2023年完成12次, 全年≥12次 are numeric). Several dates without levels are steps without a number.
- What is done per period is a frequency if it counts occurrences (每月1次, 一年一次); 每年增长5%, 每人每月500元, 2次/年
  are numeric.
- An operator column that says 定性 leaves a bare number words; a date, a sign or a unit beside the number says more.
- A word right behind a number that ends like a unit (12客次), or stands in brackets (9000.00(客)), is its unit.
- Only surely read numbers count. Several measures in one value, impossible dates, other unknown units without operator,
  and numbers beyond Decimal(24,6), in base units too, stay words with `number_not_understood`.
"""

from ingest.targets.actuals import type_actuals
from ingest.targets.values import MILESTONES, TYPED, type_values

__all__ = ["MILESTONES", "TYPED", "type_actuals", "type_values"]
