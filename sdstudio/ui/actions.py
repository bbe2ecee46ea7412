"""Every action of the window, named once: its text, its keys, its menu, its tip.

The table is data so that menus, key sheet and tests read the same truth; what an action does is connected by the
presenter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: `keys` in Qt's portable notation, the first one shown.

    `on_pictures`: its keys count only while viewer, history or details have the keyboard. Single letters must not
    fire on a form where they choose from lists.
    """

    name: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    separator_before: bool = False
    checkable: bool = False
    on_pictures: bool = False


SPECS = (
    ActionSpec("open_source", "&Open a source picture…", "&File", ("Ctrl+O",), "Use a picture for img2img"),
    ActionSpec(
        "show_pictures", "Show the &pictures folder", "&File", tip="Open the folder where pictures are kept"
    ),
    ActionSpec("quit", "&Quit", "&File", ("Ctrl+Q",), separator_before=True),
    ActionSpec("undo_form", "&Undo a change to the form", "&Edit", ("Ctrl+Alt+Z",)),
    ActionSpec("redo_form", "&Redo a change to the form", "&Edit", ("Ctrl+Alt+Shift+Z",)),
    ActionSpec(
        "paste_request",
        "&Paste a request",
        "&Edit",
        ("Ctrl+Shift+V",),
        "curl, Python, JavaScript, JSON or a recipe from the clipboard, corrected where needed",
        separator_before=True,
    ),
    ActionSpec("generate", "&Generate", "&Generate", ("Ctrl+Return", "Ctrl+Enter"), "Queue what the form says"),
    ActionSpec(
        "generate_first",
        "Generate &first",
        "&Generate",
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
        "Queue it in front of everything that waits",
    ),
    ActionSpec(
        "interrupt",
        "&Interrupt",
        "&Generate",
        ("Esc",),
        "Stop the picture being made and keep what came",
        separator_before=True,
    ),
    ActionSpec(
        "skip", "&Skip this picture", "&Generate", ("Alt+Return", "Alt+Enter"), "Go on with the next one"
    ),
    ActionSpec(
        "pause", "&Pause the queue", "&Generate", ("Ctrl+P",), "Finish this one, then wait", checkable=True
    ),
    ActionSpec("previous", "&Newer picture", "&Picture", ("Alt+Left",)),
    ActionSpec("next", "&Older picture", "&Picture", ("Alt+Right",)),
    ActionSpec(
        "recall_all", "Use the whole &recipe", "&Picture", ("A",), separator_before=True, on_pictures=True
    ),
    ActionSpec("recall_remix", "Use the recipe but not the &seed", "&Picture", ("R",), on_pictures=True),
    ActionSpec("recall_prompt", "Use the &prompts", "&Picture", ("P",), on_pictures=True),
    ActionSpec("recall_seed", "Use the s&eed", "&Picture", ("S",), on_pictures=True),
    ActionSpec("recall_size", "Use the si&ze", "&Picture", ("D",), on_pictures=True),
    ActionSpec("use_as_source", "Use as &img2img source", "&Picture", ("Ctrl+I",)),
    ActionSpec("show_file", "Show the &file in its folder", "&Picture", separator_before=True),
    ActionSpec(
        "remove",
        "Re&move from history",
        "&Picture",
        ("Del",),
        "Its file stays; can be undone",
        on_pictures=True,
    ),
    ActionSpec("undo_remove", "Put &back what was removed", "&Picture", ("U",), on_pictures=True),
    ActionSpec("zoom_in", "Zoom &in", "&View", ("Ctrl++", "Ctrl+=")),
    ActionSpec("zoom_out", "Zoom &out", "&View", ("Ctrl+-",)),
    ActionSpec("zoom_fit", "&Fit the picture", "&View", ("Ctrl+0",)),
    ActionSpec("zoom_full", "&Actual pixels", "&View", ("Ctrl+1",)),
    ActionSpec("focus_prompt", "Go to the &prompt", "&View", ("Ctrl+L",), separator_before=True),
    ActionSpec("focus_history", "Go to the &history", "&View", ("Ctrl+H",)),
    ActionSpec("full_screen", "F&ull screen", "&View", ("F11",), checkable=True),
    ActionSpec("choose_endpoint", "&Choose or edit endpoints…", "E&ndpoint", ("Ctrl+E",)),
    ActionSpec("reconnect", "&Try the connection now", "E&ndpoint"),
    ActionSpec("keys", "&Keys", "&Help", ("F1",)),
    ActionSpec("traffic", "What &leaves this computer", "&Help", tip="Every request to an endpoint"),
    ActionSpec("show_log", "Show the lo&g", "&Help"),
    ActionSpec("about", "&About SD Studio", "&Help"),
)


class Actions(QObject):
    """Owns the window's QActions, made from `SPECS`; looked up by name."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions = {spec.name: _made(spec, window) for spec in SPECS}
        window.addActions([self._actions[spec.name] for spec in SPECS if not spec.on_pictures])

    def bind_to_pictures(self, *widgets: QWidget) -> None:
        """These show pictures: the keys that are `on_pictures` count in them and what they hold."""
        for widget in widgets:
            widget.addActions([self._actions[spec.name] for spec in SPECS if spec.on_pictures])

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect_all(self, slots: dict[str, Callable[[], object]]) -> None:
        """Connect actions by name; a name that is not an action is a programming error (KeyError)."""
        for name, slot in slots.items():
            self._actions[name].triggered.connect(lambda _checked=False, call=slot: call())

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Build the menus in the order of the table; returns them by title."""
        menus: dict[str, QMenu] = {}
        for spec in SPECS:
            menu = menus.setdefault(spec.menu, QMenu(spec.menu, bar))
            if menu.isEmpty():
                bar.addMenu(menu)
            if spec.separator_before:
                menu.addSeparator()
            menu.addAction(self._actions[spec.name])
        return menus


def key_sheet() -> list[tuple[str, str]]:
    """(keys, what they do) for everything that has keys, in the order of the menus."""
    return [
        (QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText), plain(spec.text))
        for spec in SPECS
        if spec.keys
    ]


def plain(text: str) -> str:
    """A menu text without its mnemonic mark and dots."""
    return text.replace("&", "").rstrip("…")


def _made(spec: ActionSpec, window: QWidget) -> QAction:
    action = QAction(spec.text, window)
    action.setObjectName(spec.name)
    action.setShortcuts([QKeySequence(key) for key in spec.keys])
    action.setCheckable(spec.checkable)
    if spec.on_pictures:
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    tip = spec.tip or plain(spec.text)
    action.setStatusTip(tip)
    action.setToolTip(tip)
    return action
