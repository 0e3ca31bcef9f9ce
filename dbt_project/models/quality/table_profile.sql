{{ config(materialized="table") }}
-- One row a fact table, fiscal year and column: how much of it is filled, its money summed up, and the same a year before.
-- What drifts between years or releases shows here; the gate before publication holds the bounds.
with

measured as (

    select * from {{ ref("int_table_profile") }}

)

select
    table_name,
    column_name,
    cast(fiscal_year as integer) as fiscal_year,
    row_count,
    filled_count,
    cast(1.0 * filled_count / row_count as decimal(24, 6)) as filled_share,
    cast(sum_yuan as decimal(24, 6)) as sum_yuan,
    lag(row_count) over years as previous_row_count,
    cast(1.0 * lag(filled_count) over years / lag(row_count) over years as decimal(24, 6)) as previous_filled_share,
    cast(lag(sum_yuan) over years as decimal(24, 6)) as previous_sum_yuan
from measured
window years as (partition by table_name, column_name order by fiscal_year)
