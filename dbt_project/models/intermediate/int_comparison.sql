-- One row for each pair of declarations whose indicators are compared: a touched declaration with the same project's last
-- one before it (`earlier_year`), a touched self-evaluation with the declaration of its year (`declared_target`).
with versions as (
    select v.*
    from {{ ref('int_declaration_version') }} as v
    inner join {{ ref('int_touched_project') }} as t on v.project_id = t.project_id and v.fiscal_year >= t.compared_from
),

documents as (
    select * from {{ ref('int_document') }}
),

touched as (
    select * from {{ ref('int_touched_declaration') }}
),

-- What was promised first; where a year has only the self-evaluation, the targets that it repeats.
in_force as (
    select
        {{ form_id('d.document_no', 'v.form_no') }} as form_id,
        v.declaration_key,
        v.project_id,
        v.fiscal_year,
        v.form_type,
        row_number() over (
            partition by v.project_id, v.fiscal_year
            order by case v.form_type when 'declaration' then 1 when 'regional' then 2 when 'whole_department' then 3 else 4 end
        ) as preference
    from versions as v
    inner join documents as d on v.document_id = d.document_id
    where v.status = 'in_force' and v.fiscal_year is not null
),

promises as (
    select
        form_id,
        declaration_key,
        project_id,
        fiscal_year,
        lag(form_id) over history as other_form_id,
        lag(declaration_key) over history as other_declaration_key,
        lag(fiscal_year) over history as other_fiscal_year
    from in_force
    where preference = 1
    window history as (partition by project_id order by fiscal_year)
),

pairs as (
    select
        'earlier_year' as comparison,
        form_id,
        declaration_key,
        fiscal_year,
        other_form_id,
        other_declaration_key,
        other_fiscal_year
    from promises
    where other_form_id is not null
    union all
    select
        'declared_target' as comparison,
        s.form_id,
        s.declaration_key,
        s.fiscal_year,
        d.form_id as other_form_id,
        d.declaration_key as other_declaration_key,
        d.fiscal_year as other_fiscal_year
    from in_force as s
    inner join promises as d on s.project_id = d.project_id and s.fiscal_year = d.fiscal_year
    where s.form_type = 'self_evaluation' and s.preference > 1
)

select
    p.comparison,
    p.form_id,
    p.declaration_key,
    p.fiscal_year,
    p.other_form_id,
    p.other_declaration_key,
    p.other_fiscal_year
from pairs as p
inner join touched as t on p.declaration_key = t.declaration_key
