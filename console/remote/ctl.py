"""`understudy ctl`: one act on a running session, from a script, a foot pedal or a key pad.

It is read by the standard library's own parser, and loads nothing that takes time: who steps on a pedal wants the card
up now.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from console.remote.connection import Connection
from console.remote.places import Place, choose, places, usual_folder
from pipeline.errors import LinkError, UnderstudyError

DONE, COULD_NOT, USAGE = 0, 1, 2
LISTED_S = 2.0
TOKEN = "UNDERSTUDY_TOKEN"
PLAIN = {
    "take": "take the profile that was prepared",
    "back": "go back to the profile before this one",
    "next": "go to the next cue of the show",
    "previous": "go to the cue before this one",
    "air": "go on air",
    "preview": "go back to preview: the card goes out",
    "mute": "let nobody hear the actor",
    "unmute": "let the actor be heard again",
    "panic": "put the card up, at once, until rearm",
    "rearm": "take the card back",
    "stop-recording": "end the recording",
    "stop": "end the session",
}
"""What needs no more words, and what it does."""


class Usage(argparse.ArgumentParser):
    """A parser that complains in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong, and where to look."""
        self.exit(USAGE, f"{self.prog}: {message}; --help tells what can be given.\n")


def run_ctl(arguments: Sequence[str]) -> int:
    """Does what the arguments after `ctl` say and tells the exit status: 0 done, 1 could not, 2 usage."""
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or DONE)
    try:
        status = _list(as_json=asked.json) if asked.act == "sessions" else _do(asked)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read has had enough; Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except UnderstudyError as error:
        text = str(error)
        print(text if text.endswith((".", "?", "!")) else f"{text}.", file=sys.stderr)
        return COULD_NOT


def _do(asked: argparse.Namespace) -> int:
    place = choose(places(usual_folder()), asked.session)
    request: dict[str, Any] = {"do": asked.act}
    if "name" in asked:
        request["name"] = asked.name
    if "file" in asked:
        request["file"] = asked.file and str(Path(asked.file).expanduser().absolute())
    with Connection(place, asked.token or os.environ.get(TOKEN)) as connection:
        answer = connection.ask(request)
    if asked.act == "status":
        print(json.dumps(answer.data, indent=2) if asked.json else summary(answer.data))
    elif answer.told:
        print(answer.told)
    return DONE


def _list(*, as_json: bool) -> int:
    """Every session that answers, one to a line."""
    rows = [row for row in map(_row, places(usual_folder())) if row is not None]
    if as_json:
        print(json.dumps(rows, indent=2))
    for row in rows if not as_json else ():
        print(f"{row['pid']:>7}  {row['state']:<8}  {row['profile']:<20}  since {row['started']}")
    if not rows and not as_json:
        print("No session is running.", file=sys.stderr)
    return DONE


def _row(place: Place) -> dict[str, Any] | None:
    state, profile = "STARTING", place.profile
    try:
        with Connection(place) as connection:
            status = connection.ask({"do": "status"}, LISTED_S).data
            state, profile = str(status["state"]), str(status["profile"])
    except LinkError:
        return None
    except UnderstudyError:
        # It answers, but nothing runs yet.
        pass
    return {"pid": place.pid, "state": state, "profile": profile, "started": place.started}


def summary(status: dict[str, Any] | Any) -> str:
    """A session at this instant, on one line."""
    video, audio = status["video"], status["audio"]
    latency = video["latency_ms"]["p50"]
    words = [
        f"{status['state']} · {status['title']}",
        f"{video['fps_out']:.1f} fps, capture to sink {latency:.0f} ms, {video['dropped']} dropped",
        "no sound" if audio is None else f"{'muted' if status['muted'] else 'heard'}, {audio['underruns']} underruns",
        f"→ {', '.join(status['sinks']) or 'nowhere'}",
    ]
    return " · ".join(words)


def _parser() -> argparse.ArgumentParser:
    parser = Usage(prog="understudy ctl", description="Steer a running session from outside.", allow_abbrev=False)
    which = Usage(add_help=False)
    which.add_argument("--session", type=int, metavar="PID", help="which one, where several run")
    which.add_argument("--token", help=f"instead of the session's own file, or of {TOKEN}")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Usage)
    for name, meaning in PLAIN.items():
        acts.add_parser(name, help=meaning, description=meaning, parents=[which])
    for name, meaning in (("switch", "take another profile"), ("prepare", "make a profile ready")):
        act = acts.add_parser(name, help=meaning, description=meaning, parents=[which])
        act.add_argument("name", metavar="NAME", help="the profile's name")
    record = acts.add_parser("record", help="record what goes out", parents=[which])
    record.add_argument("file", metavar="FILE", help="a .mp4 or .mkv file")
    snapshot = acts.add_parser("snapshot", help="keep a PNG of what goes out, and its readings", parents=[which])
    snapshot.add_argument("file", metavar="FILE", nargs="?", help="a .png file; of the usual folder by default")
    status = acts.add_parser("status", help="tell what goes out", parents=[which])
    listing = acts.add_parser("sessions", help="list the sessions that run")
    for act in (status, listing):
        act.add_argument("--json", action="store_true", help="for scripts")
    return parser
