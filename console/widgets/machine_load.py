"""What the session costs this computer."""

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from console.life.computer import GpuPort
from console.view import View
from console.widgets.panel import BLANK, Line, Role, ViewPanel, heading, line_width, shortened, spread
from pipeline.telemetry import NetworkReading
from profiles.profile import Profile

GIBIBYTE_MB = 1024.0
SCARCE_SHARE = 0.9
HEAT = ((90.0, Role.ERROR), (83.0, Role.WARNING))
"""A usual card lowers its clocks from the lower one on, and is too hot at the higher one."""
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
    """Processor, memory, graphics processors, and what the networks run on.

    In more rows than that needs every network is named. In fewer the count of networks gives way, which `w` lists, then
    the GPUs' names and the end of why there is none, then what other programs take; one row has the figures alone.
    """
    if height is not None and height < 3:
        return [heading("MACHINE", width), machine_summary(view, width)][-height:] if height else []
    title = [heading("MACHINE", width)]
    engines = [engine_line(view, engine, width) for engine in ENGINES if view.networks]
    process, system = [_process(view, width)], _system(view, width)
    named, short = gpu_lines(view, width), gpu_lines(view, width, named=False)
    counted = [*title, *engines, *_networks(view, width), *process, *system, *named]
    if height is None:
        return counted
    listed = [*title, *engines, *_listed(view, width), *process, *system, *named]
    bare = [*title, *engines, *process, *system]
    forms = (listed, counted, [*bare, *named], [*bare, *short], [*title, *engines, *process, *short])
    return next((form for form in forms if len(form) <= height), forms[-1])[:height]


def machine_summary(view: View, width: int) -> Line:
    """This process and the first graphics processor in one row, as far as there is room."""
    process, gpu = view.machine.process, view.machine.gpu
    cpu = f"cpu {process.cpu_percent:.0f} %" if process else "cpu –"
    memory = memory_text(process.rss_mb) if process else ""
    parts = [cpu, memory, *(["gpu", *_figures(gpu)] if gpu else ["no GPU"])]
    kept: list[str] = []
    for part in filter(None, parts):
        if len("  ".join([*kept, part])) <= width:
            kept.append(part)
    return (("  ".join(kept).replace("gpu  ", "gpu "), Role.TEXT),)


def _process(view: View, width: int) -> Line:
    process = view.machine.process
    cpu = f"{process.cpu_percent:5.0f} %" if process else "    –"
    memory = memory_text(process.rss_mb) if process else "–"
    left: Line = (("cpu", Role.MUTED), (cpu, Role.TEXT), (" of a core" if width > 34 else "", Role.MUTED))
    return spread(left, (("memory ", Role.MUTED), (memory, Role.TEXT)), width)


def _system(view: View, width: int) -> list[Line]:
    """What every program takes together; nothing where that is not known."""
    system = view.machine.system
    if system is None:
        return []
    cpu = (f"{system.cpu_percent:5.0f} %", _share_role(system.cpu_percent / 100))
    right = _memory(system.memory_mb, system.memory_total_mb)
    for cores, word in ((f" of {system.cores} cores", "memory "), ("", "memory "), ("", "")):
        left: Line = (("all", Role.MUTED), cpu, (cores, Role.MUTED))
        if line_width(left) + len(word) + line_width(right) < width:
            break
    return [spread(left, ((word, Role.MUTED), *right), width)]


def gpu_lines(view: View, width: int, *, named: bool = True) -> list[Line]:
    """A row of figures for each graphics processor, and its name below; why there is none, in one row or two."""
    gpus = view.machine.gpus
    if not gpus:
        words = view.machine.no_gpu_reason or "no GPU"
        wrapped = textwrap.wrap(words, max(10, width), max_lines=1 + named, placeholder=" …")
        return [((line, Role.MUTED),) for line in wrapped]
    rows: list[Line] = []
    for number, gpu in enumerate(gpus):
        rows.append(_gpu(gpu, f"gpu{number}" if len(gpus) > 1 else "gpu", width))
        rows += [((shortened(gpu.name, width), Role.MUTED),)] if named else []
    return rows


def _gpu(gpu: GpuPort, label: str, width: int) -> Line:
    """One graphics processor: load, memory, temperature and power, as far as it tells them and there is room."""
    load = "    –  " if gpu.load_percent is None else f"{gpu.load_percent:5.0f} %"
    left: Line = ((f"{label:<3}", Role.MUTED), (load, Role.TEXT))
    memory: Line = BLANK
    if gpu.memory_mb is not None and gpu.memory_total_mb is not None:
        memory = _memory(gpu.memory_mb, gpu.memory_total_mb)
    heat: Line = BLANK
    if gpu.temperature_c is not None:
        role = next((role for limit, role in HEAT if gpu.temperature_c >= limit), Role.TEXT)
        heat = ((f"{gpu.temperature_c:.0f} °C", role),)
    power: Line = BLANK if gpu.power_w is None else ((f"{gpu.power_w:.0f} W", Role.TEXT),)
    parts = [part for part in (heat, power, memory) if part]
    for gap, count in ((2, 3), (1, 3), (1, 2), (1, 1)):
        right = sum(((*part, (" " * gap, Role.TEXT)) for part in parts[:count]), BLANK)[:-1]
        if line_width(left) + line_width(right) < width:
            break
    return spread(left, right, width)


def _figures(gpu: GpuPort) -> list[str]:
    """Load, temperature, power and memory in short, as far as they are told."""
    told = ((gpu.load_percent, "%"), (gpu.temperature_c, "°C"), (gpu.power_w, "W"))
    figures = [f"{value:.0f} {unit}" for value, unit in told if value is not None]
    return figures if gpu.memory_mb is None else [*figures, memory_text(gpu.memory_mb)]


def _memory(used_mb: float, total_mb: float) -> Line:
    """What is used of what there is."""
    used = (f"{used_mb / GIBIBYTE_MB:.1f}", _share_role(used_mb / total_mb if total_mb else 0.0))
    return used, (f" of {total_mb / GIBIBYTE_MB:.1f} GB", Role.MUTED)


def _share_role(share: float) -> Role:
    """A warning where hardly anything is left."""
    return Role.WARNING if share >= SCARCE_SHARE else Role.TEXT


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


def _listed(view: View, width: int) -> list[Line]:
    """Every network in use with what it runs on, and how many more are kept ready."""
    used = [network for network in view.networks if network.in_use]
    rows: list[Line] = []
    for network in used:
        right: Line = ((f" {network.runs_on}", Role.TEXT),)
        rows.append(spread(((shortened(network.name, width - line_width(right)), Role.MUTED),), right, width))
    kept = len(view.networks) - len(used)
    return [*rows, ((f"{kept} more kept ready", Role.MUTED),)] if kept else rows


def _counted(providers: Iterable[str], on: str) -> str:
    """How many there are of each."""
    return ", ".join(f"{count}{on}{provider}" for provider, count in Counter(providers).most_common())


class MachinePanel(ViewPanel):
    """Processor, memory and graphics processor."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's machine, in as many rows as the style sheet gives."""
        height = None if self.styles.is_auto_height or not self.size.height else self.size.height
        return machine_lines(view, self.size.width, height)
