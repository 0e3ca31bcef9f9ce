{#- M3: a cost indicator that holds neither money nor a rate. 社会成本 and 生态环境成本 may be told in words. -#}
{% macro rule_m3(rule, words) %}
select
    {{ on_indicator() }},
    {{ evidence("level2", "content", "value_raw") }},
    concat_ws('', 'Cost indicator "', content, '" holds neither money nor a rate: "', value_raw, '".') as message_en,
    concat_ws('', '成本指标“', content, '”既无金额也无比率：“', value_raw, '”。') as message_zh
from indicator
where is_cost
    and not {{ matches("level2", "社会|生态|环境") }}
    and target_kind is not null
    and not number_not_understood
    and coalesce(unit, '') not like '%元%'
    and coalesce(unit_dimension, '') not in ('money', 'unit price', 'ratio', 'percentage point')
{% endmacro %}
