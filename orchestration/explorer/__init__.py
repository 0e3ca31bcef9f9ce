"""The explorer: a page on this machine where people search the release and look behind every figure.

Server-rendered HTML (Starlette, Jinja2) over the release's own file, read only; charts are tables with bars in them.
Nothing is fetched from anywhere else.
"""
