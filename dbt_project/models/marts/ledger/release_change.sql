{{ config(tags='fixed') }}

-- Filled at publication, when there is a release to compare with; what a build makes of it is empty.
select
    cast(null as integer) as change_no,
    cast(null as {{ dbt.type_string() }}) as table_name,
    cast(null as {{ dbt.type_string() }}) as change_kind,
    cast(null as {{ dbt.type_string() }}) as column_name,
    cast(null as integer) as fiscal_year,
    cast(null as decimal(24, 6)) as value_before,
    cast(null as decimal(24, 6)) as value_after,
    cast(null as {{ dbt.type_string() }}) as previous_release_id
from {{ ref('release') }}
where release_id is null
