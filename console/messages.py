"""What threads tell the app. Every message says what has happened."""

from dataclasses import replace

from textual.message import Message

from console.sentences import sentence
from pipeline.errors import UnderstudyError
from pipeline.preflight.result import Result
from pipeline.telemetry import Event


class EventReported(Message):
    """The session had something rare to say. Posted from any thread."""

    def __init__(self, event: Event) -> None:
        self.event = replace(event, text=sentence(event.text))
        super().__init__()


class SessionStarted(Message):
    """Devices are open and pictures flow."""


class PreflightEnded(Message):
    """A preflight is over: with a result, or with why there is none."""

    def __init__(self, result: Result | None, error: UnderstudyError | None) -> None:
        self.result, self.error = result, error
        super().__init__()


class SessionRefused(Message):
    """The session could not start."""

    def __init__(self, error: UnderstudyError) -> None:
        self.error = error
        super().__init__()
