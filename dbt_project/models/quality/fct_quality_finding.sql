{{ config(materialized="table") }}
-- One row a hit of a quality rule. Each rule is a macro in macros/quality/rules, named by dim_quality_rule.yml; a hit counts where the rule applies to the declaration.
-- depends_on: {{ ref("quality_word") }}
{%- set words = quality_words() %}
{%- set rules = quality_rules() %}

with

-- The rules read these again and again, a few columns each: not to be copied into memory.
declaration as not materialized (

    select * from {{ ref("int_quality_declaration") }}

),

indicator as not materialized (

    select * from {{ ref("int_quality_indicator") }}

),

declaration_version as not materialized (

    select * from {{ ref("fct_declaration_version") }}

),

indicator_change as not materialized (

    select * from {{ ref("fct_indicator_change") }}

),

notice as not materialized (

    select
        declaration.declaration_key,
        case when notice.indicator_no is not null then {{ indicator_key("declaration.declaration_key", "notice.indicator_no") }} end
            as indicator_key,
        notice.table_no,
        notice.line_no,
        notice.code,
        notice.evidence
    from {{ ref("stg_notice") }} as notice
    inner join {{ ref("fct_declaration") }} as declaration
        on notice.document_id = declaration.document_id and notice.form_no = declaration.form_no

),

rule as (

    select * from {{ ref("dim_quality_rule") }}

),

decision as (

    select * from {{ ref("quality_decision") }}

),

hit as (
{% for rule in rules %}

    select '{{ rule.rule_id }}' as rule_id, * from (
        {{ rule_hits(rule, words) | indent(8) }}
    ) as {{ rule.rule_id }}
    {{ "union all" if not loop.last }}
{%- endfor %}

),

applicable as (

    select
        hit.*,
        declaration.fiscal_year,
        declaration.project_code,
        declaration.document_id,
        coalesce(indicator.level2, '') as level2,
        coalesce(indicator.content, '') as content,
        coalesce(indicator.value_raw, '') as value_raw,
        row_number() over (
            partition by hit.rule_id, hit.declaration_key, indicator.level2, indicator.content, indicator.value_raw
            order by hit.line_no, hit.indicator_key
        ) as occurrence
    from hit
    inner join declaration on hit.declaration_key = declaration.declaration_key
    left join (select indicator_key, level2, content, value_raw from indicator) as indicator
        on hit.indicator_key = indicator.indicator_key
    where case hit.rule_id
        {%- for rule in rules %}
        when '{{ rule.rule_id }}' then ({{ rule_applies(rule) }}) and ({{ rule_has_data(rule) }})
        {%- endfor %}
    end

),

keyed as (

    select
        applicable.*,
        {{ surrogate_key(["rule_id", "declaration_key", "level2", "content", "value_raw", "occurrence"]) }} as finding_key
    from applicable

)

select
    keyed.finding_key,
    keyed.rule_id,
    rule.severity,
    keyed.declaration_key,
    keyed.indicator_key,
    cast(keyed.fiscal_year as integer) as fiscal_year,
    keyed.project_code,
    keyed.document_id,
    cast(keyed.table_no as integer) as table_no,
    cast(keyed.line_no as integer) as line_no,
    keyed.message_en,
    keyed.message_zh,
    keyed.evidence,
    rule.basis,
    decision.decision,
    decision.decided_by,
    cast(decision.decided_on as date) as decided_on,
    cast(decision.valid_until as date) as decision_valid_until,
    decision.reason as decision_reason
from keyed
inner join rule on keyed.rule_id = rule.rule_id
left join decision on keyed.finding_key = decision.finding_key
