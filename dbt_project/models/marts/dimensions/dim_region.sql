{{ config(tags='fixed') }}

with regions as (
    select * from {{ ref('stg_region') }}
)

select
    region_code,
    region_name,
    province_name,
    level,
    parent_code,
    is_current
from regions
