select
    '{{ env_var("JIXIAO_RELEASE", "under construction") }}' as release_id,
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as built_at
