{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    pre_hook="{{ forget_written_years() }}"
) }}

-- One row for each pair of labels, with the units beside it, that a year of the lake prints.
select distinct
    lake_year,
    level1,
    level2,
    unit,
    actual_unit
from {{ ref('stg_indicator') }}
where {{ in_written_years('lake_year') }}
