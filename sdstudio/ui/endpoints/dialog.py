"""The dialog in which endpoints are set up, tried out and chosen.

Not here: keeping profiles and secrets, and how a test is done; both are the studio's.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sdstudio.api.checks import Check
from sdstudio.config.profiles import new_id
from sdstudio.core.endpoint import PRACTICE, EndpointProfile
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable, StudioError
from sdstudio.studio import Studio
from sdstudio.ui import theme
from sdstudio.ui.endpoints.checklist import Checklist
from sdstudio.ui.endpoints.profile_form import ProfileForm
from sdstudio.ui.endpoints.profile_list import Entry, ProfileList
from sdstudio.ui.labels import ErrorLabel, hint_label
from sdstudio.ui.tasks import Tasks

Secrets = dict[str, str | None]
LIST_WIDTH = 190
NO_KEYRING_WORDS = "The keyring cannot be had now: a secret is remembered until you quit, and not written down."


class EndpointDialog(QDialog):
    """Shown with `open()`; UI thread. What is typed for an endpoint is kept while the dialog is open, and saved
    by Save or Use alone. `keyring_failed(KeyringUnavailable)` when secrets are remembered until the program ends.
    """

    keyring_failed = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Endpoints")
        self._studio, self._tasks = studio, tasks
        self._drafts: dict[str, tuple[EndpointProfile, Secrets]] = {}
        used = studio.session.profile
        if not studio.profiles.get(used.id):
            self._drafts[used.id] = (used, {})  # in use for this time alone: it may be saved
        self._current = used.id
        self._ticket: object | None = None  # of the test whose lines are awaited
        self._testing: asyncio.Task[None] | None = None
        self._is_closed = False
        self.profiles = ProfileList()
        self.form = ProfileForm()
        self.test_button = QPushButton("T&est")
        self.picture_box = QCheckBox("Make one small pictu&re, too")
        self.checklist = Checklist()
        self.message = ErrorLabel()
        self.keyring_hint = hint_label(NO_KEYRING_WORDS, role="warning")
        self.close_button = QPushButton("Close")
        self.save_button = QPushButton("&Save")
        self.use_button = QPushButton("&Use this endpoint")
        self._lay_out()
        self._connect()
        self.look_at(self._current)
        if studio.session.state == "needs token":
            self.form.sign_in.focus_on("secret")

    @property
    def is_testing(self) -> bool:
        """Whether a test is under way."""
        return self._ticket is not None

    def look_at(self, profile_id: str) -> None:
        """Show another endpoint; what was typed for the last one is kept meanwhile."""
        self._show(profile_id if profile_id in self._ids() else PRACTICE.id)
        self.profiles.show_entries(map(self._entry, self._ids()), self._current)

    def use(self) -> None:
        """Keep what is typed, make pictures there from now on, and close."""
        self.save(then_use=True)

    def add_new(self) -> None:
        """Begin another endpoint."""
        self._begin(EndpointProfile(new_id(), "", ""))

    def duplicate(self) -> None:
        """Begin another endpoint like this one; secrets stay with the one they were entered for."""
        profile = self.form.profile()
        self._begin(replace(profile, id=new_id(), name=self._studio.profiles.free_name(profile.name)))

    def run_test(self) -> None:
        """Try the endpoint out as it is typed; a test under way is stopped first."""
        self.stop_test()
        try:
            profile, secrets = self.form.entered()
        except InvalidRequest:
            return
        self.checklist.begin()
        self.test_button.setEnabled(False)
        self._scroll_to(self.checklist)
        self._ticket = object()
        self._tasks.start(self._tested(profile, secrets, self._ticket), name="test of an endpoint")

    def stop_test(self) -> None:
        """No longer wait; what was found is forgotten."""
        if self._testing:
            self._testing.cancel()
        self._test_ended()
        self.checklist.forget()

    def save(self, *, then_use: bool = False) -> None:
        """Keep what is typed, or show what is wrong with it; with `then_use` make pictures there and close."""
        try:
            profile, secrets = self.form.entered()
            profile = self._named(profile)
            if not profile.is_practice:
                self._studio.profiles.check(profile)
        except InvalidRequest as error:
            self.form.show_error(error)
            return
        self._let_save(allowed=False)
        self._tasks.start(self._save(profile, secrets, then_use=then_use), name="save endpoint")

    def done(self, result: int) -> None:
        """However it closes: nothing goes on behind it, and no secret is kept in it."""
        self._is_closed = True
        self.stop_test()
        self._drafts.clear()
        super().done(result)
        self.form.forget_secrets()

    def _save_alone(self) -> None:
        self.save()

    def _show(self, profile_id: str) -> None:
        self.stop_test()
        self._current = profile_id
        profile, secrets = self._drafts.get(self._current) or (self._saved(), {})
        self.form.show_profile(profile, secrets)
        self.keyring_hint.hide()
        self.message.say("")
        self._tasks.start(self._look_up_kept(profile), name="which secrets are kept")

    async def _tested(self, profile: EndpointProfile, secrets: Secrets, ticket: object) -> None:
        if ticket is not self._ticket:
            return  # stopped before it began
        self._testing = asyncio.current_task()

        def on_check(check: Check) -> None:
            if ticket is self._ticket:
                self.checklist.show_check(check)
                if check.state == "failed":
                    failed.add(check.name)

        failed: set[str] = set()
        try:
            await self._studio.check_profile(profile, secrets, on_check, picture=self.picture_box.isChecked())
        finally:
            if ticket is self._ticket:
                self.checklist.end(good=not failed)
                self._test_ended()
                self._scroll_to(self.checklist)

    async def _save(self, profile: EndpointProfile, secrets: Secrets, *, then_use: bool) -> None:
        try:
            trouble = await self._studio.save_profile(profile, secrets)
            if then_use:
                await self._studio.use_profile(profile.id)
        except StudioError as error:
            self._show_failure(error)
            return
        self._tell(trouble)
        if self._is_closed:
            return
        self._let_save(allowed=True)
        self._drafts.pop(profile.id, None)
        if then_use:
            self.accept()
        elif profile.id == self._current:
            self.look_at(profile.id)
        else:
            self.profiles.show_entries(map(self._entry, self._ids()), self._current)

    async def _delete(self, profile_id: str) -> None:
        try:
            trouble = await self._studio.delete_profile(profile_id)
        except StudioError as error:
            self._show_failure(error)
            return
        self._tell(trouble)
        if not self._is_closed:
            self.look_at(self._current if self._current != profile_id else self._studio.session.profile.id)

    async def _look_up_kept(self, profile: EndpointProfile) -> None:
        """Say which secrets there are; the secrets themselves are not taken anywhere."""
        credentials, reachable = self._studio.credentials, True
        if not profile.secret_names:
            return
        try:
            names = frozenset(await credentials.secrets(profile))
        except KeyringUnavailable:
            names, reachable = frozenset(credentials.secrets_at_hand(profile)), False
        if not self._is_closed and profile.id == self._current:
            self.form.show_kept(names)
            self.keyring_hint.setVisible(not reachable)

    def _tell(self, trouble: KeyringUnavailable | None) -> None:
        if trouble and self._is_closed:
            raise trouble  # which the window then tells
        if trouble:
            self.keyring_failed.emit(trouble)

    def _show_failure(self, error: StudioError) -> None:
        if self._is_closed:
            raise error  # which the window then tells
        self._let_save(allowed=True)
        if isinstance(error, InvalidRequest):
            self.form.show_error(error)
        else:
            self.message.say(str(error))

    def _begin(self, profile: EndpointProfile) -> None:
        self._drafts[profile.id] = (profile, {})
        self.look_at(profile.id)
        self.form.address.setFocus()

    def _remove(self, profile_id: str) -> None:
        self._drafts.pop(profile_id, None)
        if self._studio.profiles.get(profile_id):
            self._tasks.start(self._delete(profile_id), name="delete endpoint")
        else:
            self.look_at(self._studio.session.profile.id)

    def _edited(self) -> None:
        if self.is_testing or not self.checklist.isHidden():
            self.stop_test()
        self.message.say("")
        self._drafts[self._current] = (self.form.profile(), self.form.secrets())
        self.profiles.mark(self._entry(self._current))

    def _named(self, profile: EndpointProfile) -> EndpointProfile:
        """With a name: who types none gets the host's."""
        if profile.name or profile.is_practice:
            return profile
        return replace(profile, name=self._studio.profiles.free_name(self.form.name.placeholderText()))

    def _ids(self) -> tuple[str, ...]:
        saved = tuple(profile.id for profile in self._studio.profiles.all)
        return (*saved, *(each for each in self._drafts if each not in saved))

    def _saved(self) -> EndpointProfile:
        return self._studio.profiles.get(self._current) or PRACTICE

    def _entry(self, profile_id: str) -> Entry:
        draft, saved = self._drafts.get(profile_id), self._studio.profiles.get(profile_id)
        name = (draft[0] if draft else saved or PRACTICE).name
        if not name and profile_id == self._current:
            name = self.form.name.placeholderText()
        is_used = profile_id == self._studio.session.profile.id
        return Entry(profile_id, name, is_used=is_used, is_unsaved=draft is not None)

    def _test_ended(self) -> None:
        self._ticket = self._testing = None
        self.test_button.setEnabled(True)

    def _let_save(self, *, allowed: bool) -> None:
        for button in (self.save_button, self.use_button):
            button.setEnabled(allowed)

    def _scroll_to(self, widget: QWidget) -> None:
        self._content.activate()  # so that its place is known
        self._area.ensureWidgetVisible(widget)

    def _take_address(self, url: str) -> None:
        self.stop_test()
        self.form.use_address(url)

    def _take_pin(self, fingerprint: str) -> None:
        self.stop_test()
        self.form.pin(fingerprint)

    def _connect(self) -> None:
        self.profiles.selected.connect(self._show)
        self.profiles.new_asked.connect(self.add_new)
        self.profiles.duplicate_asked.connect(self.duplicate)
        self.profiles.deleted.connect(self._remove)
        self.form.edited.connect(self._edited)
        self.test_button.clicked.connect(self.run_test)
        self.checklist.stop_asked.connect(self.stop_test)
        self.checklist.address_offered.connect(self._take_address)
        self.checklist.certificate_offered.connect(self._take_pin)
        self.close_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(self._save_alone)
        self.use_button.clicked.connect(self.use)

    def _lay_out(self) -> None:
        self.use_button.setDefault(True)
        theme.set_role(self.use_button, "primary")
        for button in (self.test_button, self.close_button, self.save_button):
            button.setAutoDefault(False)
        self.profiles.setFixedWidth(LIST_WIDTH)
        foot = QHBoxLayout()
        foot.addWidget(self.close_button)
        foot.addStretch(1)
        foot.addWidget(self.save_button)
        foot.addWidget(self.use_button)
        upper = QHBoxLayout()
        upper.setSpacing(theme.SPACE * 2)
        upper.addWidget(self.profiles)
        upper.addWidget(self._scrolled(), 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.SPACE * 2] * 4)
        outer.setSpacing(theme.SPACE)
        outer.addLayout(upper, 1)
        outer.addWidget(self.message)
        outer.addLayout(foot)
        self.resize(760, 560)

    def _scrolled(self) -> QScrollArea:
        content = QWidget()
        self._content = column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, theme.SPACE, 0)
        column.setSpacing(theme.SPACE)
        column.addWidget(self.form)
        column.addWidget(self.keyring_hint)
        test = QHBoxLayout()
        test.setSpacing(theme.SPACE * 2)
        test.addWidget(self.test_button)
        test.addWidget(self.picture_box)
        test.addStretch(1)
        column.addLayout(test)
        column.addWidget(self.checklist)
        column.addStretch(1)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        return area
