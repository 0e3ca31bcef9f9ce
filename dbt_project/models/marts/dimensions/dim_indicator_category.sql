with categories as (
    select * from {{ ref('int_indicator_category') }}
)

select
    category_key,
    level1,
    level2,
    era,
    harmonised_level1,
    harmonised_level2
from categories
