{{ config(severity="warn") }}
-- A reviewed decision whose finding is gone: the declaration is loaded, but its cells are not the ones decided upon.
with decided as (
    select
        decision.finding_key,
        decision.rule_id,
        decision.project_code,
        decision.fiscal_year,
        decision.about
    from {{ ref("quality_decision") }} as decision
    inner join {{ ref("fct_declaration") }} as declaration
        on decision.project_code = declaration.project_code and decision.fiscal_year = declaration.fiscal_year
),

-- Sought among the findings, which are many, not joined with all of them.
found as (
    select finding_key from {{ ref("fct_quality_finding") }}
    where
        fiscal_year in (select decided.fiscal_year from decided)
        and finding_key in (select decided.finding_key from decided)
)

select
    finding_key,
    rule_id,
    project_code,
    fiscal_year,
    about
from decided
where finding_key not in (select found.finding_key from found)
