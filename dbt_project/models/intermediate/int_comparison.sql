-- One row for each pair of declarations whose indicators are compared: a touched declaration with the same project's last
-- one before it (`earlier_year`), a touched self-evaluation with the declaration of its year (`declared_target`).
with versions as (
    select * from {{ ref('int_declaration_version') }}
),

touched as (
    select * from {{ ref('int_touched_declaration') }}
),

in_force as (
    select
        declaration_key,
        project_id,
        fiscal_year,
        form_type
    from versions
    where status = 'in_force' and fiscal_year is not null
),

-- What was promised; where a year has only the self-evaluation, the targets that it repeats.
promises as (
    select
        declaration_key,
        project_id,
        fiscal_year,
        row_number() over (
            partition by project_id, fiscal_year
            order by case form_type when 'declaration' then 1 when 'regional' then 2 when 'whole_department' then 3 else 4 end
        ) as preference
    from in_force
),

years as (
    select
        declaration_key,
        fiscal_year,
        lag(declaration_key) over history as other_declaration_key,
        lag(fiscal_year) over history as other_fiscal_year
    from promises
    where preference = 1
    window history as (partition by project_id order by fiscal_year)
),

pairs as (
    select
        'earlier_year' as comparison,
        declaration_key,
        fiscal_year,
        other_declaration_key,
        other_fiscal_year
    from years
    where other_declaration_key is not null
    union all
    select
        'declared_target' as comparison,
        s.declaration_key,
        s.fiscal_year,
        d.declaration_key as other_declaration_key,
        d.fiscal_year as other_fiscal_year
    from in_force as s
    inner join promises as d
        on s.project_id = d.project_id and s.fiscal_year = d.fiscal_year and s.declaration_key <> d.declaration_key
    where s.form_type = 'self_evaluation' and d.preference = 1
)

select
    p.comparison,
    p.declaration_key,
    p.fiscal_year,
    p.other_declaration_key,
    p.other_fiscal_year
from pairs as p
inner join touched as t on p.declaration_key = t.declaration_key
