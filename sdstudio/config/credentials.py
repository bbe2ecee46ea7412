"""Endpoints' secrets: in the operating system's keyring, or in memory for one session, never in a file of ours.

The only importer of keyring, which is loaded lazily and in its own thread alone: it takes 130 ms.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from sdstudio.config.logs import register_secret
from sdstudio.core.endpoint import EndpointProfile
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "sdstudio"
SIGN_IN = "sign-in"
"""The name, in every profile, of the secret that it signs in with."""
ENVIRONMENT_VARIABLE = "SDSTUDIO_TOKEN"
_TIMEOUT_S = 8.0
_ON_WINDOWS = sys.platform == "win32"
_LONGEST_ON_WINDOWS = 2560  # bytes of UTF-16; CredWrite fails above with "stub received bad data"
_PLAIN_OR_NONE = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")
_REMEDY = "Unlock or install the system's keyring, or keep the token for this session only."

log = logging.getLogger(__name__)

T = TypeVar("T")
Call = Callable[["KeyringBackend"], T]


class Credentials:
    """Secrets by endpoint profile and name (`EndpointProfile.secret_names`). Used on the event-loop thread.

    A keyring can block for ever on a prompt nobody sees, so it is asked in a daemon thread of its own and
    given up after `timeout_s`: `KeyringUnavailable`. A secret remembered for the session needs no keyring and
    comes first. With `read_environment`, as on the command line, SDSTUDIO_TOKEN is the sign-in's secret, before
    both.
    """

    def __init__(self, *, read_environment: bool = False, timeout_s: float = _TIMEOUT_S) -> None:
        self._read_environment = read_environment
        self._timeout_s = timeout_s
        self._session: dict[str, str] = {}  # "" for one that is to be forgotten, whatever the keyring has
        self._thread: _KeyringThread | None = None

    @property
    def environment_token(self) -> str | None:
        """The secret that was given for this one call; raises `InvalidRequest` if no header can carry it."""
        token = os.environ.get(ENVIRONMENT_VARIABLE, "") if self._read_environment else ""
        return checked(token).strip() if token else None

    async def secrets(self, profile: EndpointProfile) -> dict[str, str]:
        """The profile's secrets by name, those that there are; the keyring is asked only if need be.

        A token that was kept by address, before there were profiles, is moved to the profile. Raises
        `KeyringUnavailable`; `secrets_at_hand` then has those that need no keyring.
        """
        found = self.secrets_at_hand(profile)
        missing = [name for name in profile.secret_names if name not in found]
        missing = [name for name in missing if entry_of(profile.id, name) not in self._session]
        if missing:
            found |= await self._ask(lambda keyring: _kept(keyring, profile, missing))
        for secret in found.values():
            register_secret(secret)
        return found

    def secrets_at_hand(self, profile: EndpointProfile) -> dict[str, str]:
        """Those of the profile's secrets that are known without asking the keyring."""
        named = {name: self._session.get(entry_of(profile.id, name), "") for name in profile.secret_names}
        if SIGN_IN in named and (token := self.environment_token):
            named[SIGN_IN] = token
        for secret in named.values():
            register_secret(secret)
        return {name: secret for name, secret in named.items() if secret}

    async def set_secret(self, profile_id: str, name: str, value: str) -> None:
        """Keep a secret in the keyring.

        Raises `InvalidRequest` for one that no header can carry, `KeyringUnavailable` if it could not be kept;
        then `remember_for_session` still can.
        """
        entry, value = entry_of(profile_id, name), checked(value)
        register_secret(value)
        if _ON_WINDOWS and len(value.encode("utf-16-le")) > _LONGEST_ON_WINDOWS:
            raise KeyringUnavailable(
                "This token is too long for the Windows keyring",
                f"Windows keeps at most {_LONGEST_ON_WINDOWS // 2:,} characters; this token has {len(value):,}.",
                "Keep the token for this session only.",
            )
        await self._ask(lambda keyring: _set(keyring, entry, value))
        self._session.pop(entry, None)

    async def delete_secrets(self, profile: EndpointProfile) -> None:
        """Forget everything kept for this profile; fine if there is nothing. Raises `KeyringUnavailable`."""
        await self.delete(entries_of(profile))

    async def delete(self, entries: Iterable[str]) -> None:
        """Forget these keyring entries (`entries_of`, `entry_of`); fine if there are none.

        Raises `KeyringUnavailable`; until the program ends they are not used even then.
        """
        doomed = tuple(entries)
        self._session |= dict.fromkeys(doomed, "")
        await self._ask(lambda keyring: [_delete(keyring, entry) for entry in doomed])
        for entry in doomed:
            self._session.pop(entry, None)

    def remember_for_session(self, profile_id: str, name: str, value: str) -> None:
        """Keep a secret in memory until the program ends; raises `InvalidRequest` like `set_secret`."""
        value = checked(value)
        register_secret(value)
        self._session[entry_of(profile_id, name)] = value

    async def close(self) -> None:
        """End the keyring's thread; one that is stuck in a prompt ends with the process."""
        self._session.clear()
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    async def _ask(self, call: Call[T]) -> T:
        if self._thread is None:
            self._thread = _KeyringThread()
        try:
            return await asyncio.wait_for(self._thread.run(call), self._timeout_s)
        except TimeoutError:
            raise KeyringUnavailable(
                "The keyring does not answer",
                f"It was asked {self._timeout_s:g} seconds ago; it may be waiting for you to unlock it.",
                _REMEDY,
            ) from None


class _KeyringThread:
    """A daemon thread that owns the keyring backend and carries out one call after another.

    A call whose waiter has gone is dropped if it has not begun: nothing is stored behind the user's back.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._backend: KeyringBackend | None = None
        threading.Thread(target=self._work, name="keyring", daemon=True).start()

    def run(self, call: Call[T]) -> asyncio.Future[T]:
        """A future for what `call` returns or raises; to be called on the event-loop thread."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(set_answer: Callable[[], None]) -> None:
            if not answer.done():
                set_answer()

        def work() -> None:
            if answer.cancelled():
                return
            try:
                result = call(self._keyring())
            except Exception as error:  # noqa: BLE001 - backends let D-Bus, ctypes and OS errors through
                failure = _unavailable(error)
                _tell_loop(loop, lambda: tell(lambda: answer.set_exception(failure)))
            else:
                _tell_loop(loop, lambda: tell(lambda: answer.set_result(result)))

        self._calls.put(work)
        return answer

    def stop(self) -> None:
        """End the thread once the call in hand is done."""
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def _keyring(self) -> KeyringBackend:
        if self._backend is None:
            self._backend = _trusted_backend()
        return self._backend


def _tell_loop(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(tell)
    except RuntimeError:  # the loop closed while the keyring was thinking
        return


def _trusted_backend() -> KeyringBackend:
    """The system's keyring; never one that keeps passwords in a plain file, or nowhere."""
    import keyring  # noqa: PLC0415
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415

    chosen = keyring.get_keyring()
    candidates: list[KeyringBackend] = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    for backend in candidates:
        if not type(backend).__module__.startswith(_PLAIN_OR_NONE):
            return backend
    raise KeyringUnavailable(
        "There is no keyring on this system",
        "No service was found that keeps passwords safely (Secret Service, KWallet, Keychain, Credential Locker).",
        _REMEDY,
    )


def entry_of(profile_id: str, name: str) -> str:
    """What a secret is called in the keyring."""
    return f"{profile_id}/{name}"


def entries_of(profile: EndpointProfile) -> tuple[str, ...]:
    """Every name that a secret of this profile can have in the keyring, its address among them."""
    names = dict.fromkeys((SIGN_IN, *profile.secret_names))
    former = (profile.url,) if profile.url else ()
    return *(entry_of(profile.id, name) for name in names), *former


def _kept(keyring: KeyringBackend, profile: EndpointProfile, names: Iterable[str]) -> dict[str, str]:
    """Those of a profile's secrets that the keyring has."""
    kept = {name: keyring.get_password(SERVICE, entry_of(profile.id, name)) for name in names}
    if SIGN_IN in kept and kept[SIGN_IN] is None and profile.url:
        kept[SIGN_IN] = _former(keyring, profile)
    return {name: secret for name, secret in kept.items() if secret}


def _former(keyring: KeyringBackend, profile: EndpointProfile) -> str | None:
    """The token that was kept under the address; moved, unless the profile is one for this time (id is address)."""
    token = keyring.get_password(SERVICE, profile.url)
    if token is not None and profile.id != profile.url:
        _set(keyring, entry_of(profile.id, SIGN_IN), token)
        _delete(keyring, profile.url)
    return token


def _set(keyring: KeyringBackend, entry: str, secret: str) -> None:
    keyring.set_password(SERVICE, entry, secret)  # pyright: ignore[reportUnknownMemberType]


def _delete(keyring: KeyringBackend, entry: str) -> None:
    if keyring.get_password(SERVICE, entry) is not None:
        keyring.delete_password(SERVICE, entry)


def _unavailable(error: Exception) -> KeyringUnavailable:
    """The one translation of whatever a keyring backend raises; its own words are left out, they may tell."""
    from keyring.errors import KeyringLocked  # noqa: PLC0415

    if isinstance(error, KeyringUnavailable):
        return error
    log.info("The keyring failed", exc_info=error)
    if isinstance(error, KeyringLocked):
        return KeyringUnavailable("The keyring is locked", "It was not unlocked when asked.", _REMEDY)
    return KeyringUnavailable(
        "The keyring could not be used", f"It failed with {type(error).__qualname__}.", _REMEDY
    )


def checked(secret: str) -> str:
    """The secret without the line ends that pasting adds; raises `InvalidRequest` if no header can carry it."""
    secret = secret.strip("\r\n")
    if not secret.strip():
        raise InvalidRequest("token", "The token is empty")
    if not secret.strip().isprintable():
        raise InvalidRequest(
            "token", "The token has a line break or control character in it", remedy="Copy it again."
        )
    return secret
