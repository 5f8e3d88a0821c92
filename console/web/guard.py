"""Who may open the console in a browser: whoever knows the token, on this computer, by this computer's own name."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

TOKEN_BYTES = 24
REFUSED = "This address needs the token that `understudy --web` has printed: open the whole address that it names.\n"
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self' {sockets}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Lets requests through, or answers 403."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        """What the first request has to bring."""
        self._pass = secrets.token_urlsafe(TOKEN_BYTES)
        self._cookie = f"understudy-{port}"
        # A page elsewhere whose name leads here asks by that name.
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.address = f"http://127.0.0.1:{port}/?token={self.token}"
        """What opens the console."""

    @web.middleware
    async def check(self, request: web.Request, handler: Answer) -> web.StreamResponse:
        """Sends whoever brings the token on with a cookie; others need that cookie."""
        if not self._comes_from_here(request):
            return web.Response(status=403, text=REFUSED)
        if request.path == "/" and self._is(request.query.get("token", ""), self.token):
            # The token stays neither in the address bar nor in the history.
            welcome = web.Response(status=303, headers={"Location": "/"})
            welcome.set_cookie(self._cookie, self._pass, httponly=True, samesite="Strict")
            return welcome
        if not self._is(request.cookies.get(self._cookie, ""), self._pass):
            return web.Response(status=403, text=REFUSED)
        return await handler(request)

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        """Has the browser load nothing from elsewhere, tell nobody where it was, and keep nothing."""
        sockets = " ".join(sorted(f"ws://{host}" for host in self._hosts))
        response.headers["Content-Security-Policy"] = POLICY.format(sockets=sockets)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"

    def _comes_from_here(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        return request.host in self._hosts and (origin is None or origin.removeprefix("http://") in self._hosts)

    @staticmethod
    def _is(got: str, wanted: str) -> bool:
        return hmac.compare_digest(got.encode(), wanted.encode())
