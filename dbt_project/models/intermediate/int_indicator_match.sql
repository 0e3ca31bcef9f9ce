{{ config(materialized='view', tags='fixed') }}

-- One row for each indicator of a comparison that has its counterpart: the same name; else the nearest name.
select
    comparison,
    form_id,
    indicator_no,
    other_form_id,
    other_indicator_no,
    match_kind,
    similarity,
    target_change,
    is_same_print
from {{ ref('int_same_name_match') }}
union all
select
    comparison,
    form_id,
    indicator_no,
    other_form_id,
    other_indicator_no,
    match_kind,
    similarity,
    target_change,
    is_same_print
from {{ ref('int_nearest_name_match') }}
