{#-
X1: a number in the annual goal contradicts the indicator it speaks of. The goal is cut into clauses; a number of a
clause is held against an indicator in the same unit only where clause and indicator are each other's nearest by the
words they share, and clearly so. A goal that is surpassed (goal 90% or more, indicator ≥95%) is no contradiction.
-#}
{% macro rule_x1(rule, words) %}
with
clause as (
    select
        declaration_key,
        -- Without the marks of a numbered list (2. …), which are no numbers of the goal.
        {{ replaced("printed_clause", "^\\s*[0-9]{1,2}[.．]\\s*([^0-9])", "\\1") }} as clause
    from (
        select
            declaration_key,
            {{ each(pieces(
                replaced("annual_goal", "([0-9])[,，]([0-9]{3})", "\\1\\2"), "[；;。，,、！!？?\\n]"
            )) }} as printed_clause
        from declaration
        where goal_has_number
    ) as printed
),
mention as (
    select
        declaration_key,
        clause,
        {{ replaced("clause", "[0-9.%％]+") }} as plain_clause,
        {{ each("regexp_extract_all(
            clause, '(?:不少于|不低于|不超过|不高于|至少|达到?|约|≥|≤|>=|<=|>|<)?[0-9]+(?:[.][0-9]+)?[^0-9]{0,8}', 0
        )") }} as mention
    from clause
    where {{ matches("clause", "[0-9]") }}
),
goal_number as (
    select
        declaration_key,
        clause,
        plain_clause,
        cast(regexp_extract(mention, '[0-9]+(?:[.][0-9]+)?', 0) as decimal(24, 6))
        * case regexp_extract(mention, '[0-9]([万亿])', 1) when '万' then 10000 when '亿' then 100000000 else 1 end
            as goal_value,
        regexp_extract(mention, '[0-9.]+[万亿]?(?:多|余)?(.*)$', 1) as after_number,
        case
            when {{ matches("mention", "^(不少于|不低于|至少|达|≥|>)") }} or {{ matches("mention", "(以上|多|余)") }} then '>='
            when {{ matches("mention", "^(不超过|不高于|≤|<)") }} or {{ matches("mention", "(以内|以下)") }} then '<='
            when {{ matches("mention", "^约") }} or {{ matches("mention", "左右") }} then '~'
            else '='
        end as goal_operator
    from mention
),
-- The nearness of two texts costs more than all the rest.
pair as {{ materialized() }}(
    select
        indicator.*,
        goal_number.clause,
        goal_number.goal_value,
        goal_number.goal_operator,
        {{ shared_bigrams("plain_clause", "plain_content") }} as closeness,
        least(length(plain_clause), length(plain_content)) - 1 as pair_count,
        regexp_extract(plain_clause, {{ regex("\\p{Han}{2}[率度]") }}, 0) as clause_measure,
        regexp_extract(plain_content, {{ regex("\\p{Han}{2}[率度]") }}, 0) as indicator_measure
    from goal_number
    inner join indicator
        on
            goal_number.declaration_key = indicator.declaration_key
            and replace(indicator.base_unit, '％', '%') = substr(goal_number.after_number, 1, length(indicator.base_unit))
    where indicator.target_kind = 'numeric'
        and indicator.target_value_max is null
        and indicator.base_unit not in ('', '年', '月', '日', '号')
),
near_pair as (
    select
        *,
        -- It contradicts where no reading of the goal's number and of the target can both hold.
        case
            when goal_operator = '>=' then base_value < goal_value
            when goal_operator = '<=' then base_value > goal_value
            when goal_operator = '~' or operator = '~' then abs(base_value - goal_value) > 0.1 * goal_value
            else base_value <> goal_value
        end as contradicts
    from pair
    where closeness >= 2
        and (closeness >= {{ rule.parameters.share }} * pair_count or (clause_measure <> '' and clause_measure = indicator_measure))
),
nearest as (
    select
        *,
        bool_and(contradicts) over (partition by indicator_key, clause) as all_contradict,
        rank() over (partition by indicator_key order by closeness desc) as clause_place,
        rank() over (partition by declaration_key, clause, goal_value order by closeness desc) as indicator_place,
        max(clause) over (partition by indicator_key, closeness)
        = min(clause) over (partition by indicator_key, closeness) as is_one_clause,
        max(indicator_key) over (partition by declaration_key, clause, goal_value, closeness)
        = min(indicator_key) over (partition by declaration_key, clause, goal_value, closeness) as is_one_indicator
    from near_pair
),
contradiction as (
    select
        *,
        row_number() over (partition by indicator_key order by goal_value) as number
    from nearest
    where clause_place = 1 and indicator_place = 1 and is_one_clause and is_one_indicator and all_contradict
)
select
    {{ on_indicator() }},
    {{ evidence("clause", "content", "value_raw") }},
    concat_ws('', 'The annual goal says "', clause, '", the indicator "', content, '" says ', value_raw, '.') as message_en,
    concat_ws('', '年度绩效目标写“', clause, '”，而指标“', content, '”为', value_raw, '。') as message_zh
from contradiction
where number = 1
{% endmacro %}
