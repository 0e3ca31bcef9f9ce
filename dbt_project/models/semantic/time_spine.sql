{{ config(schema='intermediate', database='work' if target.type == 'duckdb' else none, materialized='table', tags='fixed') }}
-- The calendar that dbt's semantic models ask for, a row a day; not published.
select cast(date_day as date) as date_day
from ({{ dbt.date_spine('day', "cast('2010-01-01' as date)", "cast('2041-01-01' as date)") }}) as days
