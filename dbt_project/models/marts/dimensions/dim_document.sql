-- Written after the facts: it says what they were built from.
-- depends_on: {{ ref('source_line') }}
-- depends_on: {{ ref('quarantine') }}
{% set last_built = adapter.get_relation(this.database, this.schema, this.identifier) if execute %}

with documents as (
    select * from {{ ref('stg_document') }}
)
{%- if last_built %},

built as (
    select * from {{ last_built }}
)
{%- endif %}

select
    d.document_id,
    d.file_name,
    d.other_names,
    d.format,
    d.encoding,
    d.byte_size,
    d.fiscal_year,
    d.fiscal_year_from,
    d.folder_region,
    d.published_on,
    d.modified_at,
    {% if last_built %}coalesce(b.loaded_at, cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp))
    {%- else %}cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp){% endif %} as loaded_at,
    d.status,
    d.line_count,
    d.form_count,
    d.code_version
from documents as d
{%- if last_built %}
left join built as b on d.document_id = b.document_id
{%- endif %}
