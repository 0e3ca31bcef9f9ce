select
    region_code,
    region_name,
    province_name,
    level,
    nullif(parent_code, '') as parent_code,
    is_current = 'true' as is_current
from {{ reference('region.csv') }}
