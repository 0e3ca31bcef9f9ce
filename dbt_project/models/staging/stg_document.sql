select
    document_id,
    file_name,
    {{ joined('other_names') }} as other_names,
    format,
    encoding,
    byte_size,
    cast(fiscal_year as integer) as fiscal_year,
    fiscal_year_from,
    folder_region,
    published_on,
    cast(modified_at as timestamp) as modified_at,
    status,
    cast(line_count as integer) as line_count,
    cast(form_count as integer) as form_count,
    code_version
from {{ lake('document') }}
