{{ config(materialized="view", schema="intermediate", database="work" if target.type == "duckdb" else none) }}
-- The reviewed decisions that hold on the day of the build; what has expired is open again.
select
    finding_key,
    decision,
    decided_by,
    decided_on,
    valid_until,
    reason
from {{ ref("quality_decision") }}
where valid_until is null or valid_until >= {{ today() }}
