-- Each aggregate adds up to its fact in every year (or document), whether it was counted anew or not.
{%- set aggregates = [
    ('agg_indicator_target', 'indicators', 'fct_indicator_target', 'count(*)', 'fiscal_year'),
    ('agg_project_funding', 'amount_yuan', 'fct_project_funding', 'sum(amount_yuan)', 'fiscal_year'),
    ('agg_target_change', 'targets', 'fct_indicator_change', 'count(target_change)', 'fiscal_year'),
    ('agg_source_line', 'lines', 'source_line', 'count(*)', 'document_id'),
] %}

{%- for aggregate, column, fact, measure, part in aggregates %}
{{ adds_up(ref(aggregate), column, ref(fact), measure, part) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
