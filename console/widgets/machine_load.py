"""What the session costs this computer."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, heading, spread

GIBIBYTE_MB = 1024.0


def memory_text(megabytes: float) -> str:
    """Memory in the unit that reads best."""
    return f"{megabytes:.0f} MB" if megabytes < 10 * GIBIBYTE_MB else f"{megabytes / GIBIBYTE_MB:.1f} GB"


def machine_lines(view: View, width: int) -> list[Line]:
    """Processor, memory, graphics processor, and what the networks run on."""
    return [heading("MACHINE", width), _process(view, width), *_gpu(view, width), *_networks(view, width)]


def _process(view: View, width: int) -> Line:
    process = view.machine.process
    cpu = f"{process.cpu_percent:5.0f} %" if process else "    –"
    memory = memory_text(process.rss_mb) if process else "–"
    left: Line = (("cpu", Role.MUTED), (cpu, Role.TEXT), (" of a core" if width > 34 else "", Role.MUTED))
    return spread(left, (("memory ", Role.MUTED), (memory, Role.TEXT)), width)


def _gpu(view: View, width: int) -> list[Line]:
    gpu = view.machine.gpu
    if gpu is None:
        words = view.machine.no_gpu_reason or "no GPU"
        wrapped = textwrap.wrap(words, max(10, width), max_lines=2, placeholder=" …")
        return [((line, Role.MUTED),) for line in wrapped]
    load: Line = (("gpu", Role.MUTED), (f"{gpu.load_percent:5.0f} %", Role.TEXT))
    used, total = memory_text(gpu.memory_mb), memory_text(gpu.memory_total_mb)
    memory: Line = (("memory ", Role.MUTED), (used, Role.TEXT), (f" of {total}", Role.MUTED))
    return [spread(load, memory, width), ((gpu.name, Role.MUTED),)]


def _networks(view: View, width: int) -> list[Line]:
    """How many networks got which provider; the truth of the sessions, not what was asked for."""
    providers = view.readings.providers if view.readings else {}
    if not providers:
        return []
    label = "networks"
    words = _counted(providers.values(), " on ")
    if len(label) + 2 + len(words) > width:
        # Without the library's name: a device and its precision say what matters.
        words = _counted((provider.partition(" ")[2] or provider for provider in providers.values()), " ")
    return [spread(((label, Role.MUTED),), ((words, Role.TEXT),), width)]


def _counted(providers: Iterable[str], on: str) -> str:
    """How many there are of each."""
    return ", ".join(f"{count}{on}{provider}" for provider, count in Counter(providers).most_common())


class MachinePanel(ViewPanel):
    """Processor, memory and graphics processor."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's machine."""
        return machine_lines(view, self.size.width)
