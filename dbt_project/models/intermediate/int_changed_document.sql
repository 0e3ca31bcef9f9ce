-- The documents that differ from those the warehouse was last built from: new, gone, withdrawn, dated otherwise, or read by
-- other code. Their forms are identified anew, their lines and quarantine written anew.
{% set last_built = as_last_built('dim_document') %}

with documents as (
    select
        document_id,
        file_name,
        published_on,
        modified_at,
        status,
        code_version
    from {{ ref('stg_document') }}
),

built as (
    select
        document_id,
        file_name,
        published_on,
        modified_at,
        status,
        code_version
    from {{ last_built or ref('stg_document') }}
    {{ 'where false' if not last_built }}
),

changed as (
    (
        select * from documents
        except
        select * from built
    )
    union all
    (
        select * from built
        except
        select * from documents
    )
)

select
    c.document_id,
    max(case when b.document_id is not null then 1 else 0 end) = 1 as is_built
from changed as c
left join built as b on c.document_id = b.document_id
group by c.document_id
