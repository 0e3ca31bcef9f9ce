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
        l.linked_project_id,
        'no declaration of the project is loaded' as trouble
    from links as l
    left join projects as p on l.project_id = p.project_id
    where p.project_id is null
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
