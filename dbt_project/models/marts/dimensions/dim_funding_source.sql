{{ config(tags='fixed') }}

with sources as (
    select * from {{ ref('funding_source') }}
)

select
    funding_source,
    cast(sort_order as integer) as sort_order,
    name_zh,
    name_en
from sources
