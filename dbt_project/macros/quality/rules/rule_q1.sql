{#- Q1: the target is empty, 无, 不涉及, a placeholder, or left open. Of what goes wrong 无 is a level: none of it. -#}
{% macro rule_q1(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws(
        '', 'Indicator "', content, '" ',
        case when target_kind is null then 'has no target.' else concat_ws('', 'leaves its target open: "', value_raw, '".') end
    ) as message_en,
    concat_ws(
        '', '指标“', content, '”',
        case when target_kind is null then '没有指标值。' else concat_ws('', '的目标未定：“', value_raw, '”。') end
    ) as message_zh
from indicator
where target_kind is null
    or (
        target_kind = 'qualitative'
        and {{ is_one_of("plain_value", words.left_open) }}
        and not (
            {{ is_one_of("plain_value", words.nothing) }}
            and {{ matches("content", words.mishap ~ "|" ~ words.complaint ~ "|" ~ words.failure_rate) }}
        )
    )
{% endmacro %}
