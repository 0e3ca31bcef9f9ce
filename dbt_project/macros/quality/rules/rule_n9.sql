{#- N9: what the reader noticed under a code that no other rule names. -#}
{% macro rule_n9(rule, words) %}
{%- set named = [] -%}
{%- for other in quality_rules() if other.parameters and other.parameters.codes -%}
    {%- do named.extend(other.parameters.codes) -%}
{%- endfor -%}
select
    {{ on_indicator() }},
    {{ evidence_of({"code": "code", "evidence": "notice.evidence"}) }},
    concat_ws('', 'Noticed while reading (', code, '): ', notice.evidence, '.') as message_en,
    concat_ws('', '读取时发现（', code, '）：', notice.evidence, '。') as message_zh
from notice
where code not in ('{{ named | join("', '") }}')
{% endmacro %}
