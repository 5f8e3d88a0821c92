"""The keys of the form."""

from textual.binding import Binding


def _step(keys: str, steps: int, act: str, words: str, tooltip: str) -> Binding:
    fine = act.startswith("fine")
    shown = "⇧← ⇧→" if fine else "← →"
    return Binding(
        keys,
        f"screen.step({steps}, {fine})",
        words,
        id=f"edit.{act}",
        tooltip=tooltip,
        show=steps < 0,
        key_display=shown,
    )


LIST_BINDINGS: tuple[Binding, ...] = (
    _step("left", -1, "less", "Change", "A step down, or the choice before"),
    _step("right", 1, "more", "More", "A step up, or the next choice"),
    _step("shift+left,ctrl+left", -1, "fine-less", "Fine", "A tenth of a step down"),
    _step("shift+right,ctrl+right", 1, "fine-more", "A little more", "A tenth of a step up"),
    Binding(
        "delete,backspace", "screen.reset", "Default", id="edit.default", show=False, tooltip="The setting's default"
    ),
)
"""The keys of the list of settings, which an open entry needs for itself."""

EDIT_BINDINGS: tuple[Binding, ...] = (
    Binding("escape,e", "back", "Back", id="edit.back", tooltip="Back to the dashboard; what was changed stays"),
    Binding("slash", "find", "Find", id="edit.find", tooltip="Only settings whose names or meanings have some words"),
    Binding("u", "app.undo", "Undo", id="edit.undo", tooltip="Take the last change back"),
    Binding("U", "app.redo", "Redo", id="edit.redo", tooltip="Do again what was taken back"),
    Binding("s", "app.save_profile", "Save", id="edit.save", tooltip="Write the changes into the file; asks first"),
    Binding("S", "app.save_profile_as", "Save as", id="edit.save-as", tooltip="A new profile with the changes"),
    Binding("D", "app.discard_changes", "Discard", id="edit.discard", tooltip="Back to what is saved; asks first"),
)
