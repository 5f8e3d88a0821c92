"""`understudy --web`: one session in this process, and a screen over it for each tab of a browser."""

import asyncio
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from console.web.guard import Guard
from pipeline.errors import UnderstudyError

TABS = 6
"""Each is a process of its own."""
LOOK_S = 0.2
CLOSING_S = 2.0
HEARTBEAT_S = 15.0
MOST_CELLS = 1000
USUAL_CELLS = {"width": 80, "height": 24}
FONT_SIZES = range(6, 41)
USUAL_FONT = 14
PAGE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))


class TabScreen(AppService):
    """A screen's process. When it ends, however it does, its tab is told."""

    async def run(self) -> None:
        """Passes on what the process draws, to its end."""
        try:
            await super().run()
        finally:
            await self._end()
            await self.remote_close()

    async def _end(self) -> None:
        """Waits for the process, which draws no more; it leaves no zombie and no open pipe."""
        process = self._process
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), CLOSING_S)
        except TimeoutError:
            process.kill()
            await process.wait()


class WebConsole(Server):
    """Serves the page, what it is made of, and a socket for each tab."""

    def __init__(self, command: str, guard: Guard) -> None:
        super().__init__(command, host="127.0.0.1", title="Understudy")
        self._guard = guard
        self._tabs = 0

    def application(self) -> web.Application:
        """The web application, which answers nobody but those that the guard lets through."""
        application = web.Application(middlewares=[self._guard.check])
        application.on_response_prepare.append(self._guard.mark)
        application.add_routes(
            [
                web.get("/", self._page),
                web.get("/ws", self._tab),
                web.static("/static", self.statics_path),
            ]
        )
        return application

    async def _page(self, request: web.Request) -> web.Response:
        asked = request.query.get("fontsize", "")
        size = int(asked) if asked.isdecimal() and int(asked) in FONT_SIZES else USUAL_FONT
        text = PAGE.substitute(websocket=f"ws://{request.host}/ws", font_size=size)
        return web.Response(text=text, content_type="text/html")

    async def _tab(self, request: web.Request) -> web.StreamResponse:
        if self._tabs >= TABS:
            return web.Response(status=503, text=f"There are {TABS} screens already; close a tab.\n")
        self._tabs += 1
        try:
            return await self._attend(request)
        finally:
            self._tabs -= 1

    async def _attend(self, request: web.Request) -> web.StreamResponse:
        """One tab, until it is closed or its screen has ended."""
        tab = web.WebSocketResponse(heartbeat=HEARTBEAT_S)
        await tab.prepare(request)

        async def close() -> None:
            await tab.close()

        screen = TabScreen(
            self.command,
            write_bytes=tab.send_bytes,
            write_str=tab.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        try:
            await screen.start(*(_cells(request, side) for side in ("width", "height")))
            await self._process_messages(tab, screen)
        finally:
            await screen.stop()
        return tab


def listening(port: int) -> socket.socket:
    """A socket that listens on the loopback alone; 0 takes any port that is free.

    Raises:
        UnderstudyError: the port is taken.
    """
    door = socket.socket(socket.AF_INET)
    try:
        if sys.platform != "win32":
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
    except OSError as error:
        door.close()
        raise UnderstudyError(
            f"The browser's console can't listen on port {port}: {error.strerror}; name another with --port"
        ) from error
    return door


def _cells(request: web.Request, side: str) -> int:
    asked = request.query.get(side, "")
    return min(max(int(asked), 1), MOST_CELLS) if asked.isdecimal() else USUAL_CELLS[side]


def screen_command(pid: int) -> str:
    """What a tab runs: a screen that steers the session of this process, whose token it reads from the session's file.

    textual-serve gives it to the system's shell.
    """
    words = [sys.executable, "-m", "console", "attach", "--steer", "--session", str(pid)]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else f"exec {shlex.join(words)}"


async def serve(console: WebConsole, door: socket.socket, over: Callable[[], bool]) -> None:
    """Serves until it is over; then the tabs' screens are left."""
    runner = web.AppRunner(console.application(), access_log=None, shutdown_timeout=CLOSING_S)
    await runner.setup()
    try:
        await web.SockSite(runner, door).start()
        while not over():
            await asyncio.sleep(LOOK_S)
    finally:
        await runner.cleanup()
