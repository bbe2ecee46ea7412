"""An endpoint's token: in the operating system's keyring, or in memory for one session, never in a file of ours.

The only importer of keyring, which is loaded lazily and in its own thread alone: it takes 130 ms.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from sdstudio.config.logs import register_secret
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "sdstudio"
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
    """Tokens by endpoint address (normalised, as `api.address` gives it). Used on the event-loop thread.

    A keyring can block for ever on a prompt nobody sees, so it is asked in a daemon thread of its own and
    given up after `timeout_s`: `KeyringUnavailable`. A token remembered for the session needs no keyring and
    comes first. With `read_environment`, as on the command line, SDSTUDIO_TOKEN comes before both.
    """

    def __init__(self, *, read_environment: bool = False, timeout_s: float = _TIMEOUT_S) -> None:
        self._read_environment = read_environment
        self._timeout_s = timeout_s
        self._session: dict[str, str] = {}
        self._thread: _KeyringThread | None = None

    async def token(self, endpoint_url: str) -> str | None:
        """The token for this endpoint, or None; raises `KeyringUnavailable`."""
        user = _user(endpoint_url)
        token = self._environment() or self._session.get(user)
        if token is None:
            token = await self._ask(lambda keyring: keyring.get_password(SERVICE, user))
        if token:
            register_secret(token)
        return token or None

    async def set_token(self, endpoint_url: str, token: str) -> None:
        """Keep the token in the keyring.

        Raises `InvalidRequest` for a token no header can carry, `KeyringUnavailable` if it could not be kept;
        then `remember_for_session` still can.
        """
        user, token = _user(endpoint_url), _checked(token)
        register_secret(token)
        if _ON_WINDOWS and len(token.encode("utf-16-le")) > _LONGEST_ON_WINDOWS:
            raise KeyringUnavailable(
                "This token is too long for the Windows keyring",
                f"Windows keeps at most {_LONGEST_ON_WINDOWS // 2:,} characters; this token has {len(token):,}.",
                "Keep the token for this session only.",
            )
        await self._ask(lambda keyring: _set(keyring, user, token))
        self._session.pop(user, None)

    async def delete_token(self, endpoint_url: str) -> None:
        """Forget the token everywhere; fine if there is none. Raises `KeyringUnavailable`."""
        user = _user(endpoint_url)
        self._session.pop(user, None)
        await self._ask(lambda keyring: _delete(keyring, user))

    def remember_for_session(self, endpoint_url: str, token: str) -> None:
        """Keep the token in memory until the program ends; raises `InvalidRequest` like `set_token`."""
        user, token = _user(endpoint_url), _checked(token)
        register_secret(token)
        self._session[user] = token

    async def close(self) -> None:
        """End the keyring's thread; one that is stuck in a prompt ends with the process."""
        self._session.clear()
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def _environment(self) -> str | None:
        token = os.environ.get(ENVIRONMENT_VARIABLE, "") if self._read_environment else ""
        return _checked(token) if token else None

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


def _set(keyring: KeyringBackend, user: str, token: str) -> None:
    keyring.set_password(SERVICE, user, token)  # pyright: ignore[reportUnknownMemberType]


def _delete(keyring: KeyringBackend, user: str) -> None:
    if keyring.get_password(SERVICE, user) is not None:
        keyring.delete_password(SERVICE, user)


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


def _user(endpoint_url: str) -> str:
    """The name the token is kept under."""
    if not endpoint_url or "@" in urlsplit(endpoint_url).netloc:
        raise InvalidRequest("endpoint_url", "A token needs an address without a user name in it")
    return endpoint_url.rstrip("/")


def _checked(token: str) -> str:
    """The token without the white space that pasting adds; raises `InvalidRequest` if no header can carry it."""
    token = token.strip()
    if not token:
        raise InvalidRequest("token", "The token is empty")
    if not token.isprintable():
        raise InvalidRequest(
            "token", "The token has a line break or control character in it", remedy="Copy it again."
        )
    return token
