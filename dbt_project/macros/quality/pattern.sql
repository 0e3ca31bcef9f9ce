{#-
The pattern of the quality rules. A rule is
  * one file here under rules/: macro rule_<id>(rule, words), a select of its hits, and
  * one entry under `rules` in models/quality/dim_quality_rule.yml: its words, its severity, where it applies.
The select reads the tables that fct_quality_finding imports and returns, in this order: on_indicator() or on_declaration(),
evidence(...), message_en, message_zh.
-#}

{#- The rules of dim_quality_rule.yml, in its order; empty while dbt parses. -#}
{% macro quality_rules() -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {{- return(graph.nodes["model." ~ project_name ~ ".dim_quality_rule"].config.meta.rules) -}}
{%- endmacro %}

{#- The hits of one rule, as SQL. -#}
{% macro rule_hits(rule, words) -%}
    {%- set name = "rule_" ~ rule.rule_id | lower -%}
    {%- if name not in context -%}
        {{- exceptions.raise_compiler_error(
            "Rule " ~ rule.rule_id ~ " of dim_quality_rule.yml has no macro " ~ name
            ~ "; write it in macros/quality/rules/" ~ name ~ ".sql."
        ) -}}
    {%- endif -%}
    {{- context[name](rule, words) -}}
{%- endmacro %}

{#- Whether a rule speaks of a declaration, and whether the declaration holds what the rule needs; both are conditions on
    the columns of int_quality_declaration. A blank template is no declaration. -#}
{% macro rule_applies(rule) -%}
    not is_template and form_type in ('{{ rule.applies_to | join("', '") }}') and ({{ rule.applies_if or "true" }})
{%- endmacro %}

{% macro rule_has_data(rule) -%}
    {{ rule.needs or "true" }}
{%- endmacro %}

{#-
The word lists of the seed quality_word: list name -> one regular expression. Lists are literals in the SQL, because
the engine compiles a constant pattern once, and one that comes out of a table for every row.
-#}
{% macro quality_words() -%}
    {%- set relation = ref("quality_word") -%}
    {%- if not execute or flags.WHICH in ["compile", "generate", "parse", "list"] -%}{{ return({}) }}{%- endif -%}
    {%- set found = run_query(
        "select list, " ~ listed("word", "|", "word") ~ " as words from " ~ relation ~ " group by list"
    ) -%}
    {%- set words = {} -%}
    {%- for row in found.rows -%}{%- do words.update({row["list"]: dbt.escape_single_quotes(row["words"])}) -%}{%- endfor -%}
    {{- return(words) -}}
{%- endmacro %}

{#- True where `text` is a word of the list; begins with one. Where it holds one: matches(). -#}
{% macro is_one_of(text, pattern) -%}
    {{ matches(text, "^(" ~ pattern ~ ")$") }}
{%- endmacro %}

{% macro begins_with(text, pattern) -%}
    {{ matches(text, "^(" ~ pattern ~ ")") }}
{%- endmacro %}

{#- The cells that make up a hit, as JSON text: of columns by their names, `evidence("content", "value_raw")`, or of
    named values, `evidence_of({"content": "indicator.content"})`. -#}
{% macro evidence() -%}
    {%- set cells = {} -%}
    {%- for cell in varargs %}{% do cells.update({cell: cell}) %}{% endfor -%}
    {{- evidence_of(cells) -}}
{%- endmacro %}

{% macro evidence_of(cells) -%}
    {{ json_of(cells) }} as evidence
{%- endmacro %}

{#- An amount as people write it: 1,371,400 or 0.5, no zeros after the last digit. -#}
{% macro amount(number) -%}
    concat(
        {{ with_commas("cast(" ~ number ~ " - " ~ number ~ " % 1 as bigint)") }},
        {{ replaced("substr(cast(abs(" ~ number ~ ") % 1 as " ~ dbt.type_string() ~ "), 2)", "[.]?0*$") }}
    )
{%- endmacro %}

{#- What a hit is about, and where it stands: an indicator on its line, or the declaration on a line of its head. `table`
    says whose columns those are where several have them. -#}
{% macro on_indicator(table=none) -%}
    {%- set of = table ~ "." if table else "" -%}
    {{ of }}declaration_key,
    {{ of }}indicator_key,
    {{ of }}subject_key,
    {{ of }}table_no,
    {{ of }}line_no
{%- endmacro %}

{% macro on_declaration(line="line_start") -%}
    declaration_key,
    cast(null as {{ dbt.type_string() }}) as indicator_key,
    cast(null as {{ dbt.type_string() }}) as subject_key,
    table_no,
    {{ line }} as line_no
{%- endmacro %}

{#- The hits of a rule that passes on what the reader noticed under one of `codes`; `en` and `zh` say what it is. -#}
{% macro noticed(codes, en, zh) -%}
select
    {{ on_indicator() }},
    {{ evidence_of({"code": "code", "evidence": "notice.evidence"}) }},
    concat_ws('', '{{ en }}: ', notice.evidence, '.') as message_en,
    concat_ws('', '{{ zh }}：', notice.evidence, '。') as message_zh
from notice
where code in ('{{ codes | join("', '") }}')
{%- endmacro %}

{#- The cells of a declaration's indicators of one kind, for a hit on all of them together; of the declarations that are hit. -#}
{% macro cells_where(condition, hit) -%}
(
    select
        declaration_key,
        {{ listed("concat_ws(' ', content, value_raw)", "; ", "indicator_no") }} as cells
    from indicator
    where {{ condition }} and declaration_key in (select declaration_key from declaration where {{ hit }})
    group by declaration_key
)
{%- endmacro %}
