"""The endpoints one has set up, which of them is in use, and their secrets: chosen, saved, deleted, tried out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sdstudio.api import address
from sdstudio.api.offer import Offer
from sdstudio.config.credentials import SIGN_IN, Credentials, checked, entries_of, entry_of
from sdstudio.config.profiles import Profiles, new_id
from sdstudio.config.settings import Settings
from sdstudio.core.endpoint import PRACTICE, EndpointProfile, SignInKind
from sdstudio.core.errors import InvalidRequest, KeyringUnavailable, LibraryError, StudioError
from sdstudio.studio.session import EndpointSession

if TYPE_CHECKING:
    from sdstudio.api.checks import Check

NOT_THE_SAME = {"id", "name", "defaults", "answer_limit_s", "body_limit_bytes"}
"""What of a profile may change without connecting anew."""

log = logging.getLogger(__name__)


class Endpoints:
    """Joins profiles, settings, keyring and session, none of which it owns. Lives on the event-loop thread."""

    def __init__(
        self, profiles: Profiles, settings: Settings, credentials: Credentials, session: EndpointSession
    ) -> None:
        self._profiles = profiles
        self._settings = settings
        self._credentials = credentials
        self._session = session
        self._clearing: asyncio.Task[None] | None = None
        session.timed_out.connect(self._learn_limit)

    async def start(self, endpoint: EndpointProfile | str | None) -> None:
        """Begin with this endpoint (`chosen`); raises `InvalidRequest`."""
        await self._adopt_former_address()
        self._use(chosen(endpoint, self._profiles, self._settings))
        if self._profiles.left_behind:
            self._clearing = asyncio.create_task(self._clear_left_behind(), name="clear the keyring")

    async def close(self) -> None:
        """Let go of the keyring."""
        if self._clearing:
            self._clearing.cancel()
            await asyncio.gather(self._clearing, return_exceptions=True)

    def use(self, profile_id: str) -> None:
        """Make pictures there from now on, and after a restart; raises `InvalidRequest` if there is none such."""
        profile = self._profiles.get(profile_id)
        if profile is None and profile_id == self._session.profile.id:
            return  # one for this time, in use already
        if profile is None:
            raise InvalidRequest("endpoint", "There is no such endpoint any more")
        self._settings.update(endpoint_id=profile.id)
        self._use(profile)

    async def use_address(self, url: str, token: str | None) -> KeyringUnavailable | None:
        """Like `save` and `use` of the profile with this address, which is made if need be."""
        if not url:
            self.use(PRACTICE.id)
            return None
        profile, secrets = self._at(url, token)
        trouble = await self.save(profile, secrets)
        self.use(profile.id)
        return trouble

    async def save(
        self, profile: EndpointProfile, secrets: Mapping[str, str | None]
    ) -> KeyringUnavailable | None:
        """Keep a profile and its secrets; of these None leaves the one that is kept, "" deletes it.

        User name and password in the address are taken out of it: the password becomes the sign-in's secret.
        Returns why the keyring did not do as it was told; then secrets are remembered until the program ends.
        Raises `InvalidRequest` for what can't be kept, `LibraryError` if the file can't be written.
        """
        profile, secrets = _without_user_info(profile, secrets)
        self._profiles.check(profile)
        for secret in filter(None, secrets.values()):
            checked(secret)
        former = self._profiles.get(profile.id)
        trouble = await self._keep_secrets(profile, secrets, former)
        self._profiles.put(profile)
        await self._profiles.save()
        anew = any(secret is not None for secret in secrets.values())
        if anew:
            self._session.doubt(profile)
        if profile.id == self._session.profile.id:
            self._renew(profile, anew=anew)
        return trouble

    async def delete(self, profile_id: str) -> KeyringUnavailable | None:
        """Forget a profile and its secrets; what is made there goes to the practice endpoint from now on.

        Returns why the keyring still has them; they are deleted as soon as it can be had.
        """
        profile = self._profiles.get(profile_id)
        if profile is None:
            return None
        entries = entries_of(profile) if profile.secret_names else ()
        self._profiles.leave_behind((*self._profiles.left_behind, *entries))
        self._profiles.remove(profile_id)
        await self._profiles.save()
        if profile_id == self._session.profile.id:
            self.use(PRACTICE.id)
        return await self._forget_left_behind()

    async def check(
        self,
        profile: EndpointProfile,
        secrets: Mapping[str, str | None],
        on_check: Callable[[Check], None],
        *,
        picture: bool,
    ) -> Offer | None:
        """Try out a profile as it would be saved; nothing is kept. Raises nothing but bugs: failures are checks."""
        with suppress(InvalidRequest):  # which is the first thing the check says
            profile, secrets = _without_user_info(profile, secrets)
        return await self._session.check(profile, given(secrets), on_check, picture=picture)

    async def ask_address(self, url: str, token: str | None) -> Offer:
        """What the endpoint at this address offers; raises the `StudioError` that keeps it from being used."""
        profile, secrets = self._at(url, token) if url else (PRACTICE, dict[str, str | None]())
        profile, secrets = _without_user_info(profile, secrets)
        return await self._session.ask(profile, given(secrets))

    def _at(self, url: str, token: str | None) -> tuple[EndpointProfile, dict[str, str | None]]:
        """The profile with this address, or a new one, and what is to become of its secrets."""
        parsed = address.parse(url)
        profile = self._profiles.at(parsed.url) or self._new(parsed.url, sign_in="none")
        if token and profile.sign_in == "none":
            profile = replace(profile, sign_in="bearer")
        secrets: dict[str, str | None] = {} if token is None else {SIGN_IN: token}
        if parsed.user:
            return replace(profile, sign_in="basic", user=parsed.user), secrets | {SIGN_IN: parsed.password}
        return profile, secrets

    def _new(self, url: str, *, sign_in: SignInKind) -> EndpointProfile:
        made = at_address(url)
        return replace(made, name=self._profiles.free_name(made.name), sign_in=sign_in)

    def _use(self, profile: EndpointProfile) -> None:
        if self._credentials.environment_token and profile.sign_in == "none" and not profile.is_practice:
            profile = replace(profile, sign_in="bearer")
        self._session.use(profile)

    def _renew(self, profile: EndpointProfile, *, anew: bool) -> None:
        before, now = self._session.profile.to_dict(), profile.to_dict()
        if anew or any(before[name] != now[name] for name in now.keys() - NOT_THE_SAME):
            self._use(profile)
        else:
            self._session.renew(profile)

    async def _keep_secrets(
        self, profile: EndpointProfile, secrets: Mapping[str, str | None], former: EndpointProfile | None
    ) -> KeyringUnavailable | None:
        """Carry out what the user wants; the last thing the keyring would not do, if any."""
        trouble = None
        for name, value in secrets.items():
            if not value or name not in profile.secret_names:
                continue
            try:
                await self._credentials.set_secret(profile.id, name, value)
            except KeyringUnavailable as error:
                self._credentials.remember_for_session(profile.id, name, value)
                trouble = error
        doomed = tuple(_doomed(profile, secrets, former))
        if not doomed:
            return trouble
        self._profiles.leave_behind((*self._profiles.left_behind, *doomed))
        return await self._forget_left_behind() or trouble

    async def _forget_left_behind(self) -> KeyringUnavailable | None:
        names = self._profiles.left_behind
        if not names:
            return None
        try:
            await self._credentials.delete(names)
        except KeyringUnavailable as error:
            return error
        self._profiles.leave_behind(name for name in self._profiles.left_behind if name not in names)
        return None

    async def _clear_left_behind(self) -> None:
        if error := await self._forget_left_behind():
            log.info("secrets of deleted endpoints are still in the keyring: %s", error.title)

    async def _adopt_former_address(self) -> None:
        """Make a profile of the address that the settings hold from before there were profiles."""
        former = self._settings.values.endpoint_url
        if not former:
            return
        try:
            url = address.parse(former).url
            profile = self._profiles.at(url) or self._new(url, sign_in="bearer")
            self._profiles.put(profile)
            await self._profiles.save()
        except StudioError as error:
            log.warning("the former endpoint was not taken over: %s", error.title)
            if isinstance(error, LibraryError):
                return  # the next start can
            self._settings.update(endpoint_url="")
        else:
            self._settings.update(endpoint_id=profile.id, endpoint_url="")

    def _learn_limit(self, profile_id: str, seconds: float) -> None:
        """A gateway did not wait longer than this: so long it waits for any answer."""
        limit = float(round(seconds))
        if not limit:
            return
        if profile := self._profiles.get(profile_id):
            self._profiles.put(replace(profile, answer_limit_s=limit))
        if self._session.profile.id == profile_id:
            self._session.renew(replace(self._session.profile, answer_limit_s=limit))


def at_address(url: str) -> EndpointProfile:
    """A new profile for a normalised address, called by its host."""
    return EndpointProfile(new_id(), url.partition("://")[2], url)


def chosen(endpoint: EndpointProfile | str | None, profiles: Profiles, settings: Settings) -> EndpointProfile:
    """The endpoint meant by a name, an id, an address or nothing, which is the one in the settings.

    An address that no profile has gets one for this time, whose id it is.
    Raises `InvalidRequest` for what is none of these.
    """
    if isinstance(endpoint, EndpointProfile):
        return endpoint
    if endpoint is None and not (endpoint := settings.values.endpoint_url):
        return profiles.get(settings.values.endpoint_id) or PRACTICE
    if not endpoint:
        return PRACTICE
    if named := profiles.named(endpoint):
        return named
    url = address.normalised(endpoint)
    return profiles.at(url) or replace(at_address(url), id=url, sign_in="bearer")


def given(secrets: Mapping[str, str | None]) -> dict[str, str]:
    """Those secrets that are to be used instead of the ones that are kept."""
    return {name: secret for name, secret in secrets.items() if secret is not None}


def _without_user_info(
    profile: EndpointProfile, secrets: Mapping[str, str | None]
) -> tuple[EndpointProfile, Mapping[str, str | None]]:
    """The profile with its address normalised, what was in it in its place."""
    if profile.is_practice:
        return profile, secrets
    parsed = address.parse(profile.url)
    if not (parsed.user or parsed.password):
        return replace(profile, url=parsed.url), secrets
    apart = replace(profile, url=parsed.url, sign_in="basic", user=parsed.user)
    return apart, {**secrets, SIGN_IN: parsed.password or secrets.get(SIGN_IN)}


def _doomed(
    profile: EndpointProfile, secrets: Mapping[str, str | None], former: EndpointProfile | None
) -> Iterable[str]:
    """The keyring entries that the profile has no use for any more."""
    for name in profile.secret_names:
        if secrets.get(name) == "":
            yield entry_of(profile.id, name)
    if former is None:
        return
    for name in former.secret_names:
        another_kind = name == SIGN_IN and former.sign_in != profile.sign_in and not secrets.get(name)
        if name not in profile.secret_names or another_kind:
            yield entry_of(profile.id, name)
