"""SQL for statements that take no parameters."""


def literal(text: object) -> str:
    """Return a text or a path as SQL has it: between quotes, its own quotes doubled."""
    return "'" + str(text).replace("'", "''") + "'"
