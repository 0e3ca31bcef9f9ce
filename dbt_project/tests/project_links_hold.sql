{{ config(severity='warn') }}

-- A reviewed link that matches nothing any more, or that points to a project which is linked itself.
with links as (
    select * from {{ ref('project_link') }}
),

projects as (
    select * from {{ ref('fct_declaration_version') }}
),

chained as (
    select
        a.linked_project_id,
        'project_id is linked itself' as trouble
    from links as a
    inner join links as b on a.project_id = b.linked_project_id
),

idle as (
    select
        linked_project_id,
        'no declaration of either project is loaded' as trouble
    from links
    where project_id not in (select project_id from projects)
)

select
    linked_project_id,
    trouble
from chained
union all
select
    linked_project_id,
    trouble
from idle
