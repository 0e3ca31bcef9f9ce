-- sqlfluff:indentation:template_blocks_indent:false
{{ config(
    materialized="incremental", incremental_strategy="append", on_schema_change="fail",
    pre_hook="{{ forget_judged() }}", meta={"year_by_year": "int_judged_year"}
) }}
-- One row a hit of a quality rule. Each rule is a macro in macros/quality/rules that dim_quality_rule.yml names; a hit
-- counts where the rule applies to the declaration and the declaration holds what the rule needs.
-- depends_on: {{ ref("quality_word") }}
-- depends_on: {{ ref("int_judged_declaration") }}
-- depends_on: {{ ref("int_judged_year") }}
{%- set words = quality_words() %}
{%- set rules = quality_rules() %}

with

declaration as {{ not_materialized() }}(

    select * from {{ ref("int_quality_declaration") }}
    where {{ of_the_year("fiscal_year") }}

),

indicator as {{ read_often() }}(

    {% set of_these = is_judged("int_quality_indicator") if is_incremental() else of_the_year("fiscal_year") %}
    {{ rows_where("int_quality_indicator", of_these) }}

),

repeated_indicator as (

    select * from {{ ref("int_repeated_indicator") }}

),

declared_twice as (

    select
        declaration_key,
        printed_count,
        printed_as
    from {{ ref("int_declared_twice") }}

),

-- Of the declarations judged, and of those before them.
indicator_change as {{ read_often() }}(

    {% set of_these %}
        (
            {{ in_years_of("int_quality_declaration", "fiscal_year") }}
            and declaration_key in (select declaration.declaration_key from declaration)
        )
        or (
            {{ in_years_of("int_quality_declaration", "fiscal_year", "previous_fiscal_year") }}
            and declaration_key in (select declaration.previous_declaration_key from declaration)
        )
    {% endset %}
    {{ rows_where("fct_indicator_change", of_these if is_incremental() else among_the_years("fiscal_year", "compared_year")) }}

),

noticed as (

    select
        declaration.declaration_key,
        case
            when notice.indicator_no is not null
                then {{ indicator_key("declaration.declaration_key", "notice.indicator_no") }}
        end as indicator_key,
        min(notice.table_no) as table_no,
        min(notice.line_no) as line_no,
        notice.code,
        notice.evidence
    from {{ ref("stg_notice") }} as notice
    inner join declaration
        on notice.document_id = declaration.document_id and notice.form_no = declaration.form_no
    where {{ among_the_years("notice.lake_year", "lake_year") }}
    group by declaration.declaration_key, notice.indicator_no, notice.code, notice.evidence

),

notice as {{ materialized() }}(

    select
        noticed.declaration_key,
        noticed.indicator_key,
        indicator.subject_key,
        noticed.table_no,
        noticed.line_no,
        noticed.code,
        noticed.evidence
    from noticed
    left join indicator on noticed.indicator_key = indicator.indicator_key

),

rule as (

    select * from {{ ref("dim_quality_rule") }}

),

decision as (

    select * from {{ ref("int_decision") }}

),

{%- for rule in rules %}

{{ rule.rule_id | lower }} as (
    {{ rule_hits(rule, words) | indent(4) }}
),
{%- endfor %}

hit as (
    {%- for rule in rules %}

    select
        '{{ rule.rule_id }}' as rule_id,
        {{ rule.rule_id | lower }}.*
    from {{ rule.rule_id | lower }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

-- What a finding speaks of: the indicator's cells, or those that make up a hit on the declaration. Never a line number:
-- the finding keeps its key when the document is laid out anew.
asked as (

    select
        hit.*,
        declaration.fiscal_year,
        nullif(declaration.region_code, '') as region_code,
        nullif(declaration.department_name, '') as department_name,
        declaration.project_code,
        nullif(declaration.project_name, '') as project_name,
        declaration.document_id,
        case hit.rule_id
            {%- for rule in rules %}
            when '{{ rule.rule_id }}' then ({{ rule_applies(rule) }}) and ({{ rule_has_data(rule) }})
            {%- endfor %}
        end as is_applicable,
        md5(concat_ws('|', hit.rule_id, hit.declaration_key, coalesce(hit.subject_key, hit.evidence))) as finding_key
    from hit
    inner join declaration on hit.declaration_key = declaration.declaration_key

)

select
    asked.finding_key,
    asked.rule_id,
    rule.severity,
    rule.weight as rule_weight,
    asked.declaration_key,
    asked.indicator_key,
    cast(asked.fiscal_year as integer) as fiscal_year,
    asked.region_code,
    asked.department_name,
    asked.project_code,
    asked.project_name,
    asked.document_id,
    cast(asked.table_no as integer) as table_no,
    cast(asked.line_no as integer) as line_no,
    asked.message_en,
    asked.message_zh,
    asked.evidence,
    rule.basis,
    decision.decision,
    decision.decided_by,
    cast(decision.decided_on as date) as decided_on,
    cast(decision.valid_until as date) as decision_valid_until,
    decision.reason as decision_reason
from asked
inner join rule on asked.rule_id = rule.rule_id
left join decision on asked.finding_key = decision.finding_key
where asked.is_applicable
