"""The console in a browser, by an HTTP client: who is let in, what is served, and one session behind every tab."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import ClientSession, CookieJar, WSMsgType

from console.web import serving
from console.web.guard import Guard
from console.web.serving import WebConsole, listening, screen_command, serve
from pipeline.errors import UnderstudyError

ECHO = """
import os, sys
def packet(kind, data):
    os.write(1, kind + len(data).to_bytes(4, "big") + data)
os.write(1, b"__GANGLION__\\n")
packet(b"D", b"the screen of a tab, which is long enough to be seen")
while head := sys.stdin.buffer.read(5):
    data = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if head[:1] == b"M" and b"quit" in data:
        break
    packet(b"D", b"got " + data)
"""
"""A program that does as Textual's web driver does."""
COMMAND = f"exec {sys.executable} -c '{ECHO}'"


class Site:
    """A console that is served, and a browser before it has the cookie."""

    def __init__(self, guard: Guard, port: int, client: ClientSession) -> None:
        self.guard, self.port, self.client = guard, port, client
        self.root = f"http://127.0.0.1:{port}"

    async def status(self, path: str, **headers: str) -> int:
        """Of a request."""
        async with self.client.get(self.root + path, headers=headers, allow_redirects=False) as response:
            return response.status

    async def come_in(self) -> None:
        """Opens the address that was printed."""
        async with self.client.get(self.guard.address) as response:
            assert response.status == 200


@asynccontextmanager
async def served(command: str = COMMAND) -> AsyncIterator[Site]:
    """A console that is served until the test ends."""
    door = listening(0)
    guard, over = Guard(door.getsockname()[1]), asyncio.Event()
    port = door.getsockname()[1]
    serving_task = asyncio.create_task(serve(WebConsole(command, guard), door, over.is_set))
    try:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
            site = Site(guard, port, client)
            for _ in range(200):
                with suppress(OSError):
                    await site.status("/")
                    break
                await asyncio.sleep(0.01)
            yield site
    finally:
        over.set()
        await serving_task
        door.close()


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=", "/ws", "/static/js/textual.js", "/other"])
async def test_nobody_without_the_token_gets_anything(path: str) -> None:
    async with served() as site:
        assert await site.status(path) == 403
        assert await site.status(path, Cookie=f"understudy-{site.port}=wrong") == 403


async def test_the_token_is_changed_for_a_cookie_that_pages_do_not_see_and_leaves_the_address() -> None:
    async with served() as site:
        async with site.client.get(site.guard.address, allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "/")
            cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and site.guard.token not in cookie
        assert await site.status("/") == 200
        assert await site.status("/static/js/textual.js") == 200
        assert await site.status("/static/") == 403 or await site.status("/static/") == 404


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/textual.js"])
async def test_a_page_from_elsewhere_gets_nothing_even_with_the_cookie(path: str, headers: dict[str, str]) -> None:
    async with served() as site:
        await site.come_in()
        assert await site.status(path, **headers) == 403
        assert await site.status(f"/?token={site.guard.token}", **headers) == 403


async def test_the_page_needs_nothing_from_the_network() -> None:
    async with served() as site:
        await site.come_in()
        async with site.client.get(f"{site.root}/") as response:
            page, policy = await response.text(), response.headers["Content-Security-Policy"]
        assert "https:" not in page and page.count("http:") == 0
        assert "default-src 'self'" in policy and f"ws://127.0.0.1:{site.port}" in policy
        for path in ("css/xterm.css", "js/textual.js", "fonts/RobotoMono-VariableFont_wght.ttf"):
            assert f"/static/{path}" in page
            assert await site.status(f"/static/{path}") == 200


async def test_a_tab_is_a_screen_of_its_own() -> None:
    async with served() as site:
        await site.come_in()
        async with site.client.ws_connect(f"{site.root}/ws?width=90&height=30") as tab:
            assert b"the screen of a tab" in (await tab.receive()).data
            await tab.send_str(json.dumps(["stdin", "q"]))
            assert (await tab.receive()).data == b"got q"


async def test_a_screen_that_can_not_start_closes_its_tab() -> None:
    async with served("exit 1") as site:
        await site.come_in()
        async with site.client.ws_connect(f"{site.root}/ws") as tab:
            assert (await tab.receive(5.0)).type is WSMsgType.CLOSE


async def test_there_are_only_so_many_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "TABS", 1)
    async with served() as site:
        await site.come_in()
        async with site.client.ws_connect(f"{site.root}/ws") as tab:
            await tab.receive()
            assert await site.status("/ws") == 503


async def test_tabs_are_left_when_the_session_ends() -> None:
    async with served() as site:
        await site.come_in()
        tab = await site.client.ws_connect(f"{site.root}/ws")
        await tab.receive()
        leaving: Callable[[], Awaitable[object]] = tab.receive
        waiting = asyncio.ensure_future(leaving())
    assert (await waiting).type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)  # type: ignore[attr-defined]


def test_a_port_that_is_taken_is_said() -> None:
    door = listening(0)
    door.listen()
    with door, pytest.raises(UnderstudyError, match=r"can't listen on port \d+: .*; name another with --port"):
        listening(door.getsockname()[1])


def test_a_tabs_command_tells_no_token() -> None:
    assert screen_command(7).endswith("-m console attach --steer --session 7")
