{#- C6: more indicators than anyone follows, or too few to say what the money is for. -#}
{% macro rule_c6(rule, words) %}
select
    {{ on_declaration() }},
    {{ evidence("indicator_count") }},
    concat_ws(
        '', 'The declaration has ', indicator_count, ' indicators; {{ rule.parameters.minimum }} to {{ rule.parameters.maximum }} are usual.'
    ) as message_en,
    concat_ws('', '共', indicator_count, '项指标，一般为{{ rule.parameters.minimum }}至{{ rule.parameters.maximum }}项。') as message_zh
from declaration
where indicator_count not between {{ rule.parameters.minimum }} and {{ rule.parameters.maximum }}
{% endmacro %}
