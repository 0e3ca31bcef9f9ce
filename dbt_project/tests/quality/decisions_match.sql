{{ config(severity="warn") }}
-- A reviewed decision whose finding is gone: the declaration is loaded, but its cells are not the ones decided upon.
select
    decision.finding_key,
    decision.rule_id,
    decision.project_code,
    decision.fiscal_year,
    decision.about
from {{ ref("quality_decision") }} as decision
inner join {{ ref("fct_declaration") }} as declaration
    on decision.project_code = declaration.project_code and decision.fiscal_year = declaration.fiscal_year
left join {{ ref("fct_quality_finding") }} as finding
    on decision.finding_key = finding.finding_key and decision.fiscal_year = finding.fiscal_year
where finding.finding_key is null
