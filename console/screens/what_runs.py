"""The list of all open networks: what each is for, and what it really runs on."""

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from console.screens.scrolled import ScrolledDialog
from console.widgets.panel import printable
from pipeline.telemetry import NetworkReading

KEPT_READY = "kept ready"
NOTHING_OPEN = "No network is open."


class NetworksScreen(ModalScreen[None]):
    """The networks of the profile in the lane, then those of profiles that are kept ready."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,w", "close", "Close", id="networks.close", tooltip="Back to the dashboard")
    ]

    def __init__(self, networks: Iterable[NetworkReading]) -> None:
        super().__init__()
        self._networks = tuple(networks)

    def compose(self) -> ComposeResult:
        """One table."""
        with ScrolledDialog("WHAT RUNS WHERE"):
            yield Static(self._table() if self._networks else NOTHING_OPEN, id="networks-table", markup=False)

    def action_close(self) -> None:
        """Closes."""
        self.dismiss()

    def _table(self) -> Table:
        colours = self.app.theme_variables
        table = Table.grid(padding=(0, 2))
        table.add_column(style=colours["muted"], no_wrap=True)
        table.add_column(style=colours["foreground"], overflow="fold", ratio=1)
        table.add_column(style=colours["primary"], no_wrap=True)
        table.expand = True
        for network in self._networks:
            role = network_role(network)
            table.add_row(role, Text(printable(network.name if network.name != role else "")), network.runs_on)
        return table


def network_role(network: NetworkReading) -> str:
    """What a network is for."""
    return network.role if network.in_use else KEPT_READY
