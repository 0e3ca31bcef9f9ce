-- The findings of every year are counted, whether counted anew or not.
{{ adds_up(ref("agg_quality_finding"), "findings", ref("fct_quality_finding"), "count(*)", "fiscal_year") }}
