"""What the session costs this computer."""

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, heading, line_width, shortened, spread
from pipeline.telemetry import NetworkReading
from profiles.profile import Profile

GIBIBYTE_MB = 1024.0
EMBEDDED = {"photo", "timbre"}
"""Engines that need no network of the profile's."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What makes the face or the voice."""

    title: str
    sections: tuple[str, ...]
    """How the roles of its networks begin."""
    of: Callable[[Profile], str]
    """Its name in a profile."""


ENGINES = (
    Engine("face", ("dfm.", "embedding.", "masks.", "restore."), lambda profile: profile.face.engine),
    Engine("voice", ("rvc.",), lambda profile: profile.voice.engine),
)


def memory_text(megabytes: float) -> str:
    """Memory in the unit that reads best."""
    return f"{megabytes:.0f} MB" if megabytes < 10 * GIBIBYTE_MB else f"{megabytes / GIBIBYTE_MB:.1f} GB"


def machine_lines(view: View, width: int, height: int | None = None) -> list[Line]:
    """Processor, memory, graphics processor, and what the networks run on.

    In fewer rows the count of networks gives way, which `w` lists, and then the end of why there is no GPU.
    """
    engines = [engine_line(view, engine, width) for engine in ENGINES if view.networks]
    networks, last = _networks(view, width), _gpu(view, width)
    lines = [heading("MACHINE", width), *engines, *networks, _process(view, width), *last]
    if height is None or len(lines) <= height:
        return lines
    above = [heading("MACHINE", width), *engines, _process(view, width)]
    return [*above, *(last if len(above) + len(last) <= height else _gpu(view, width, 1))][:height]


def _process(view: View, width: int) -> Line:
    process = view.machine.process
    cpu = f"{process.cpu_percent:5.0f} %" if process else "    –"
    memory = memory_text(process.rss_mb) if process else "–"
    left: Line = (("cpu", Role.MUTED), (cpu, Role.TEXT), (" of a core" if width > 34 else "", Role.MUTED))
    return spread(left, (("memory ", Role.MUTED), (memory, Role.TEXT)), width)


def _gpu(view: View, width: int, rows: int = 2) -> list[Line]:
    gpu = view.machine.gpu
    if gpu is None:
        words = view.machine.no_gpu_reason or "no GPU"
        wrapped = textwrap.wrap(words, max(10, width), max_lines=rows, placeholder=" …")
        return [((line, Role.MUTED),) for line in wrapped]
    load: Line = (("gpu", Role.MUTED), (f"{gpu.load_percent:5.0f} %", Role.TEXT))
    used, total = memory_text(gpu.memory_mb), memory_text(gpu.memory_total_mb)
    memory: Line = (("memory ", Role.MUTED), (used, Role.TEXT), (f" of {total}", Role.MUTED))
    return [spread(load, memory, width), ((gpu.name, Role.MUTED),)][:rows]


def engine_line(view: View, engine: Engine, width: int) -> Line:
    """An engine of the profile in the lane by name, its file, and what its networks really run on."""
    name = engine.of(view.profile)
    own = [network for network in view.networks if network.in_use and network.role.startswith(engine.sections)]
    main = next((network for network in own if network.role == f"{name}.model"), None)
    left: Line = ((f"{engine.title:<6}", Role.MUTED), (f"{name} ", Role.TEXT))
    if main is None:
        # Where nobody hears the voice, none of its networks is opened.
        words = "no network" if name in EMBEDDED else "not open"
        others: list[NetworkReading] = own
    else:
        words, others = device_of(main), [network for network in own if network is not main]
    elsewhere = [device_of(network) for network in others if main is None or network.runs_on != main.runs_on]
    if elsewhere:
        words = f"{words}, {_counted(elsewhere, ' ')}"
    right: Line = ((f" {words}", Role.TEXT),)
    file = shortened(main.name, width - line_width(left) - line_width(right)) if main else ""
    return spread((*left, (file, Role.TEXT)), right, width)


def device_of(network: NetworkReading) -> str:
    """What it runs on, without the library's name: a device and its precision say what matters."""
    return network.runs_on.partition(" ")[2] or network.runs_on


def _networks(view: View, width: int) -> list[Line]:
    """How many networks got which provider, the truth of the sessions, and how many are only kept ready."""
    if not view.networks:
        return []
    label = "networks"
    used = [network for network in view.networks if network.in_use]
    kept = len(view.networks) - len(used)
    ready = f", {kept} ready" if kept else ""
    words = _counted((network.runs_on for network in used), " on ") + ready
    if len(label) + 2 + len(words) > width:
        words = _counted(map(device_of, used), " ") + ready
    return [spread(((label, Role.MUTED),), ((words, Role.TEXT),), width)]


def _counted(providers: Iterable[str], on: str) -> str:
    """How many there are of each."""
    return ", ".join(f"{count}{on}{provider}" for provider, count in Counter(providers).most_common())


class MachinePanel(ViewPanel):
    """Processor, memory and graphics processor."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's machine, in as many rows as the style sheet gives."""
        height = None if self.styles.is_auto_height or not self.size.height else self.size.height
        return machine_lines(view, self.size.width, height)
