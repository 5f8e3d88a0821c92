"""The rooms by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tools.room.room import Room
from tools.room.rooms.anselm import anselm
from tools.room.rooms.ines import ines
from tools.room.rooms.mara import mara
from tools.room.rooms.tomas import tomas

ROOMS: Mapping[str, Callable[[], Room]] = MappingProxyType(
    {"mara": mara, "anselm": anselm, "ines": ines, "tomas": tomas}
)
"""What builds each room."""
