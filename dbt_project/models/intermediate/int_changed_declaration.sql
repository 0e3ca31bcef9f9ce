-- The declarations that a changed document speaks of, or spoke of when the warehouse was last built: only their versions can
-- have changed.
{% set last_built = as_last_built('fct_declaration_version') %}

with changed as (
    select * from {{ ref('int_changed_document') }}
),

forms as (
    select * from {{ ref('int_form') }}
),

built as (
    select
        document_id,
        declaration_key
    from {{ last_built or ref('int_form') }}
    {{ 'where false' if not last_built }}
),

spoken_of as (
    select f.declaration_key
    from forms as f
    inner join changed as c on f.document_id = c.document_id
    union
    select b.declaration_key
    from built as b
    inner join changed as c on b.document_id = c.document_id
),

known as (
    select distinct declaration_key from built
)

select
    s.declaration_key,
    k.declaration_key is not null as is_built
from spoken_of as s
left join known as k on s.declaration_key = k.declaration_key
