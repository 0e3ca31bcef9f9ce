-- The name is asked for where the table is built: a project that asked while it is parsed would be parsed anew at every load.
select
    '{{ env_var("JIXIAO_RELEASE", "under construction") if execute else "" }}' as release_id,
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp) as built_at
