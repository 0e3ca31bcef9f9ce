"""The explorer's web application: addresses, languages, headers. What a page shows is gathered in `pages`."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration import workbook
from orchestration.book import Book
from orchestration.display import LANGUAGES, Display
from orchestration.explorer import document, export, listing, pages, project
from orchestration.explorer.filters import Filters
from orchestration.explorer.shelf import Shelf
from orchestration.home import Home
from orchestration.trouble import Trouble

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
"""The report is one file with its style inside."""


class Explorer:
    """Answers requests from the release that `shelf` hands out."""

    def __init__(self, home: Home) -> None:
        self.shelf = Shelf(home)
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals["most_forms"] = workbook.MOST
        self.templates.globals["highlighted"] = project.highlighted

    def overview(self, request: Request) -> Response:
        """Answer /."""
        return self._page(request, "overview.html", pages.overview)

    def list(self, request: Request) -> Response:
        """Answer /projects, /indicators, /findings, /changes and /departments."""
        return self._page(request, "list.html", pages.listed)

    def project(self, request: Request) -> Response:
        """Answer /project/<project_id>."""
        return self._page(request, "project.html", project.project)

    def department(self, request: Request) -> Response:
        """Answer /department/<department_id>."""
        return self._page(request, "department.html", pages.department)

    def document(self, request: Request) -> Response:
        """Answer /document/<document_id>."""
        return self._page(request, "document.html", document.document)

    def rules(self, request: Request) -> Response:
        """Answer /rules."""
        return self._page(request, "rules.html", pages.rules)

    def about(self, request: Request) -> Response:
        """Answer /about."""
        return self._page(request, "about.html", pages.about)

    def report(self, request: Request) -> Response:
        """Answer /report with the file that the release carries."""
        file = self.shelf.book().release.folder / "report.html"
        if not file.exists():
            raise HTTPException(404)
        return FileResponse(file, headers={"Content-Security-Policy": REPORT_POLICY})

    def language(self, request: Request) -> Response:
        """Answer /language/<code>: remember it, and go back to where the reader was."""
        code, back = request.path_params["code"], request.query_params.get("back", "/")
        if code not in LANGUAGES:
            raise HTTPException(404)
        # Only to a page of this application: never to another site.
        target = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
        response = RedirectResponse(target, status_code=303)
        response.set_cookie("language", code, max_age=365 * 24 * 3600, samesite="strict", httponly=True)
        return response

    def download(self, request: Request) -> Response:
        """Answer /download/<list>.<format> with all rows of a list."""
        name, kind = request.path_params["name"], request.path_params["kind"]
        found = listing.listings().get(name)
        if found is None or kind not in export.MEDIA:
            raise HTTPException(404)
        display, book = Display(_language(request)), self.shelf.book()
        filters = Filters(request.query_params)
        query = found.query(filters, found.chosen(filters))
        columns = ", ".join(found.columns)
        ordered = f"select {columns} from ({query.sql}) order by {found.ordered(request.query_params.get('sort', ''))}"
        titles = [display.pick(column.zh, column.en) for column in found.columns.values()]
        return _sent(
            f"jixiao-{name}-{book.release.release_id}",
            kind,
            lambda file: export.write(file, kind, book.stream(ordered, query.parameters), titles),
        )

    def workbook(self, request: Request) -> Response:
        """Answer /workbook.xlsx with the declarations that the filters leave, each in its form's own layout."""
        book, chosen = self.shelf.book(), Filters(request.query_params).chosen()
        return _sent(
            f"jixiao-forms-{book.release.release_id}",
            "xlsx",
            lambda file: workbook.write(book, chosen.sql, chosen.parameters, file),
        )

    def refused(self, request: Request, error: Exception) -> Response:
        """Answer what cannot be answered, in words."""
        said = str(error) if isinstance(error, Trouble) else ""
        status = error.status_code if isinstance(error, HTTPException) else 400
        return self._render(request, self.shelf.book(), "refused.html", {"said": said}, status)

    def _page(self, request: Request, template: str, gather: pages.Gather) -> Response:
        book, filters = self.shelf.book(), Filters(request.query_params)
        asked = {**request.query_params, **request.path_params}
        context = gather(pages.Asked(book, Display(_language(request)), filters, asked))
        if context is None:
            raise HTTPException(404)
        return self._render(request, book, template, {"filters": filters, **context})

    def _render(
        self, request: Request, book: Book, template: str, context: Mapping[str, Any], status: int = 200
    ) -> Response:
        display = Display(_language(request))
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        filters, offered = Filters(request.query_params), pages.options(book, display)
        common = {
            "d": display,
            "t": display.word,
            "here": here,
            "path": request.url.path,
            "release_id": book.release.release_id,
            "filters": filters,
            "options": offered,
            "chips": pages.chips(book, display, filters, offered),
            "has_report": (book.release.folder / "report.html").exists(),
        }
        return HTMLResponse(self.templates.get_template(template).render({**common, **context}), status)


def build(home: Home, host: str = "127.0.0.1") -> Starlette:
    """Return the application that reads the releases of `home` and answers requests to `host`."""
    explorer = Explorer(home)
    routes = [
        Route("/", explorer.overview),
        Route("/project/{project_id}", explorer.project),
        Route("/department/{department_id}", explorer.department),
        Route("/document/{document_id}", explorer.document),
        Route("/rules", explorer.rules),
        Route("/about", explorer.about),
        Route("/report", explorer.report),
        Route("/download/{name}.{kind}", explorer.download),
        Route("/workbook.xlsx", explorer.workbook),
        Route("/language/{code}", explorer.language),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/{name}", explorer.list),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            # Another site's page, pointed at this machine by its own name server, is not answered.
            Middleware(TrustedHostMiddleware, allowed_hosts=sorted({host, "127.0.0.1", "localhost", "[::1]"})),
            Middleware(SecurityHeaders),
            Middleware(GZipMiddleware, minimum_size=2000),
        ],
        exception_handlers={HTTPException: explorer.refused, Trouble: explorer.refused},
    )


class SecurityHeaders:
    """Adds to every answer what keeps a page from doing, or being made to do, what it should not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to what comes back."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


def _sent(name: str, kind: str, write: Callable[[Path], object]) -> Response:
    """Answer with a file that `write` writes; it is removed when it has been sent."""
    with tempfile.NamedTemporaryFile(prefix="jixiao-", suffix=f".{kind}", delete=False) as aside:
        file = Path(aside.name)
    try:
        write(file)
    except BaseException:
        file.unlink()
        raise
    return FileResponse(
        file, media_type=export.MEDIA[kind], filename=f"{name}.{kind}", background=BackgroundTask(file.unlink)
    )


def _language(request: Request) -> str:
    """Return the language that was chosen, else the browser's first, else Chinese."""
    chosen = request.query_params.get("lang") or request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return "en" if request.headers.get("accept-language", "zh").lower().startswith("en") else "zh"
