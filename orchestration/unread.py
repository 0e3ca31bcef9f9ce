"""What could not be read and is still open: whoever lists or counts it asks for the same."""

OPEN = """from (
    select q.*, d.file_name, d.fiscal_year
    from marts.quarantine as q left join marts.dim_document as d using (document_id)
    where d.status is distinct from 'withdrawn' and not exists (
        select 1 from marts.dim_document as later
        where later.file_name = d.file_name and later.status <> 'withdrawn'
            and (later.modified_at, later.loaded_at) > (d.modified_at, d.loaded_at)
    )
)"""
"""SQL (`from …`) of the quarantine's rows with `file_name` and `fiscal_year`, but those of documents that were withdrawn, or
whose place in the landing folder another one has taken: a file that was mended, or is whole by now."""
