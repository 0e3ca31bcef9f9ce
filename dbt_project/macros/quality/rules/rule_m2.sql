{#-
M2: quantities times their unit-cost caps add up to more than the budget. A price per 张 goes with the quantity counted
in 张; of several, with the one whose name has most in common; where that is not clear, with none.
-#}
{% macro rule_m2(rule, words) %}
with
price as (
    select *, split_part(base_unit, '/', 2) as per
    from indicator
    where is_cost and operator in ('<=', '<', '=') and {{ matches("base_unit", "^元/[^/]+$") }}
),
pair as (
    select
        price.declaration_key,
        price.table_no,
        price.line_no,
        price.total_yuan,
        price.base_value * quantity.base_value as product_yuan,
        concat_ws('', quantity.content, ' ', quantity.value_raw, ' × ', price.content, ' ', price.value_raw) as product,
        price.indicator_key as price_key,
        {{ shared_bigrams("price.plain_content", "quantity.plain_content") }} as closeness
    from price
    inner join indicator as quantity
        on price.declaration_key = quantity.declaration_key and price.per = quantity.base_unit
    where quantity.is_quantity and quantity.operator in ('>=', '>', '=', '~')
),
ranked_pair as (
    select
        *,
        rank() over (partition by price_key order by closeness desc) as place,
        count(*) over (partition by price_key, closeness) as rivals
    from pair
),
added_up as (
    select
        declaration_key,
        any_value(total_yuan) as total_yuan,
        min(table_no) as table_no,
        min(line_no) as line_start,
        sum(product_yuan) as product_total_yuan,
        {{ listed("product", "; ", "line_no") }} as products
    from ranked_pair
    where place = 1 and rivals = 1
    group by declaration_key
)
select
    {{ on_declaration() }},
    {{ evidence("total_yuan", "product_total_yuan", "products") }},
    concat_ws(
        '', 'Quantities times their unit-cost caps come to ', {{ amount("product_total_yuan") }}, ' yuan, the budget is ',
        {{ amount("total_yuan") }}, ' yuan (', products, ').'
    ) as message_en,
    concat_ws(
        '', '数量与单位成本上限之积合计', {{ amount("product_total_yuan") }}, '元，超过预算', {{ amount("total_yuan") }}, '元（',
        products, '）。'
    ) as message_zh
from added_up
where product_total_yuan > total_yuan
{% endmacro %}
