"""The command `understudy`: its options, its exit status, and errors as one sentence.

Everything heavy is imported by the command that needs it, so that `--help` comes at once.
"""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.commands import models, profiles
from console.commands.options import (
    DEFAULT_PROFILE,
    DEFAULT_SIZE,
    AvOptions,
    DeviceOption,
    EnginesOptions,
    RunOptions,
    SessionOptions,
    SizeOption,
    flattened,
)
from console.config import commands as config_command
from console.preflight.command import preflight
from console.sentences import one_line, sentence, usage_sentence
from console.show import show_command
from pipeline.errors import UnderstudyError
from profiles.errors import ProfileError

if TYPE_CHECKING:
    from console.config.schema import Config

DONE, COULD_NOT, USAGE = 0, 1, 2

app = typer.Typer(
    name="understudy",
    help="A live, consented digital twin: face, voice and room of a target, labelled, into any call.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(config_command.app, name="config")
app.command()(preflight)
app.add_typer(models.app, name="models")
app.add_typer(profiles.app, name="profiles")
app.add_typer(show_command.app, name="show")

SessionOption = Annotated[
    int | None, typer.Option(metavar="PID", help="Which session, where several run: ctl sessions lists them.")
]
TokenOption = Annotated[
    str | None, typer.Option(envvar="UNDERSTUDY_TOKEN", help="Instead of the one in the session's own file.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For scripts.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"understudy {version('understudy')}")
        raise typer.Exit(DONE)


@app.callback(invoke_without_command=True)
@flattened
def console(
    context: typer.Context,
    options: SessionOptions,
    readonly: Annotated[
        bool, typer.Option("--readonly", help="Only watch the session that runs: the same as understudy attach.")
    ] = False,
    in_browser: Annotated[
        bool, typer.Option("--web", help="Open the console in a browser of this computer, and run the session here.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="N", help="With --web: on this port, not on any free one.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> int:
    """Put the face, the voice and the room of a target on a live actor. Without a command: open the console."""
    if context.invoked_subcommand is not None:
        if options != SessionOptions() or readonly or in_browser:
            raise typer.BadParameter(f"put the options after {context.invoked_subcommand}")
        return DONE
    if readonly:
        if options != SessionOptions():
            raise typer.BadParameter("--readonly opens no session of its own: leave the other options out")
        return attach()
    if port is not None and not in_browser:
        raise typer.BadParameter("--port is where --web serves the console: add --web, or leave it out")
    if in_browser:
        return _open_web(_settled(context, options)[0], port or 0)
    _require_terminal()
    from console.commands.session import open_console

    return open_console(*_settled(context, options))


@app.command()
@flattened
def run(context: typer.Context, options: SessionOptions, plan: RunOptions) -> int:
    """Run without a screen (--headless), or open the console."""
    if plan.headless:
        if options.push_to_talk:
            raise typer.BadParameter("--push-to-talk needs a key to hold, and --headless has none: leave one out")
        if options.show is not None:
            raise typer.BadParameter("--show has a screen's cue list, and --headless has no screen: leave one out")
        from console.commands.headless import run_headless

        return run_headless(options, plan)
    if plan != RunOptions():
        raise typer.BadParameter("--seconds, --switch-at and --stats need --headless")
    _require_terminal()
    from console.commands.session import open_console

    return open_console(*_settled(context, options))


@app.command()
def attach(
    session: SessionOption = None,
    token: TokenOption = None,
    steer: Annotated[bool, typer.Option("--steer", help="Steer it as well; without, no key acts.")] = False,
) -> int:
    """Watch a session that runs in another terminal, in none, or without a screen; or steer it."""
    from console.remote.far.screen import WEB_DRIVER
    from console.remote.far.screen import attach as open_screen

    if WEB_DRIVER not in os.environ:
        _require_terminal()
    return open_screen(session, token, steer=steer)


@app.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def ctl(context: typer.Context) -> int:
    """Steer a running session from outside: switch, take, mute, panic, status and more; ctl --help lists them."""
    from console.remote.ctl import run_ctl

    return run_ctl(context.args)


@app.command()
def render(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="A video, picture or sound file.")],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT", help="The .mp4 or .mkv file to write; .wav, .flac or .opus for the voice alone."
        ),
    ],
    profile: Annotated[str, typer.Option(help="Name of a profile, or its folder.")] = DEFAULT_PROFILE,
    device: DeviceOption = "auto",
) -> int:
    """Do a file: every frame, and its sound in the target's voice."""
    from console.commands.render import render_file

    return render_file(source, target, profile, device)


bench = typer.Typer(help="Measure the speed on this computer.")
app.add_typer(bench, name="bench")


@bench.command()
def video(
    size: SizeOption = DEFAULT_SIZE,
    camera: Annotated[str, typer.Option(help="The demo actor or a video file.")] = "demo",
    device: DeviceOption = "auto",
    as_json: JsonOption = False,
) -> int:
    """Measure the whole video lane, stage by stage."""
    from console.commands.measuring import measure_video

    return measure_video(size, camera, device, as_json=as_json)


@bench.command()
@flattened
def engines(options: EnginesOptions, as_json: JsonOption = False) -> int:
    """Measure what a profile brings: what its networks take, what is around them, and whether that is enough."""
    from console.commands.measuring import measure_engines

    return measure_engines(options, as_json=as_json)


selftest = typer.Typer(help="Put something in at one end and look for it at the other.")
app.add_typer(selftest, name="selftest")


@selftest.callback()
def _several() -> None:
    """A group, though there is one test so far."""


@selftest.command()
@flattened
def av(options: AvOptions, as_json: JsonOption = False) -> int:
    """Flash and beep, and tell how late and how far apart both come out: without engines and with them."""
    from console.commands.measuring import measure_sync

    return measure_sync(options, as_json=as_json)


@app.command()
def doctor(as_json: JsonOption = False) -> int:
    """Say what works on this computer, what does not, and the cure."""
    from console.commands.doctor import examine

    return examine(as_json=as_json)


@app.command()
def devices(as_json: JsonOption = False) -> int:
    """List cameras, virtual cameras and sound devices."""
    from console.commands.devices import list_devices

    return list_devices(as_json=as_json)


@app.command()
def logs(
    lines: Annotated[int, typer.Option(min=0, metavar="N", help="How many lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines are added; Ctrl-C ends it.")] = False,
) -> int:
    """Print the end of the log: what the program and its native libraries said."""
    from console.logs import print_log

    return print_log(lines, go_on=follow)


def _settled(context: typer.Context, options: SessionOptions) -> "tuple[SessionOptions, Config]":
    """The options with what the user has settled where the command line names nothing, and all that was settled."""
    from console.config.reading import config_file, load_config
    from console.config.starting import with_config

    config = load_config(config_file())
    sources = {name: context.get_parameter_source(name) for name in context.params}
    named = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    return with_config(options, config, named), config


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and tells its exit status: 0 done, 1 could not, 2 usage."""
    try:
        status = app(args=arguments, prog_name="understudy", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _complain(usage_sentence(error.format_message(), error.__cause__), error.exit_code)
    except ProfileError as error:
        return _complain("\n".join(sentence(str(problem)) for problem in error.problems), COULD_NOT)
    except UnderstudyError as error:
        return _complain(sentence(str(error)), COULD_NOT)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("Interrupted.", COULD_NOT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except Exception as error:
        return _complain(_unexpected(error), COULD_NOT)
    return COULD_NOT if status == 130 else int(status or DONE)


def _unexpected(error: Exception) -> str:
    """Puts an error that nobody foresaw into the log, and one sentence about it on the screen."""
    from console.logs import configure_logging

    what = one_line(f"{type(error).__name__}: {error}")
    try:
        file = configure_logging()
    except UnderstudyError as no_log:
        return sentence(f"Something unexpected happened: {what} ({no_log})")
    logging.getLogger(__name__).error("unexpected", exc_info=error)
    return f"Something unexpected happened: {what}; {file} has the whole of it."


def _complain(text: str, status: int) -> int:
    typer.echo(text, err=True)
    return status


def _open_web(options: SessionOptions, port: int) -> int:
    from importlib.util import find_spec

    if find_spec("textual_serve") is None:
        raise UnderstudyError("The console in a browser needs textual-serve: pip install 'understudy[web]'")
    from console.web.opening import open_web

    return open_web(options, port)


def _require_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UnderstudyError("The console needs a terminal; use understudy run --headless without one.")
