"""A sample's payload, in the wire's names, as a reading: every value judged, what is wrong corrected and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdstudio.api.snippets.reading import pictures, secrets_found
from sdstudio.api.snippets.reading.addresses import Destination, destination
from sdstudio.api.snippets.reading.found import Need, Reading
from sdstudio.api.snippets.reading.judge import Judge
from sdstudio.api.snippets.reading.sample import Sample
from sdstudio.core.geometry import LARGEST, MULTIPLE, SMALLEST
from sdstudio.core.request import MAX_COUNT, MAX_PROMPT_CHARACTERS, RANDOM_SEED, Kind

_LARGEST_SEED = 2**63 - 1
_IMG2IMG_ONLY = ("init_images", "resize_mode", "mask", "inpainting_fill", "inpaint_full_res")
_HIRES = (
    "hr_scale",
    "hr_upscaler",
    "hr_second_pass_steps",
    "hr_resize_x",
    "hr_resize_y",
    "hr_additional_modules",
)
_INPAINT = (
    "mask_blur",
    "inpainting_fill",
    "inpaint_full_res",
    "inpaint_full_res_padding",
    "inpainting_mask_invert",
)
# They change nothing, or what the program decides for itself.
_OVERLOOKED = (
    "send_images", "save_images", "do_not_save_samples", "do_not_save_grid", "force_task_id", "sampler_index",
    "include_init_images", "override_settings_restore_afterwards", "mask_blur_x", "mask_blur_y", "mask_round",
    "s_noise", "s_tmin", "s_tmax", "s_churn", "hr_cfg", "denoising_strength", "comments",
)  # fmt: skip
NOT_IN_TXT2IMG = "A source picture is given, so the route is img2img, not txt2img."


def reading_of(sample: Sample) -> Reading:
    """The request in `sample`, with the corrections that it took."""
    corrections = list(sample.corrections)
    target = destination(sample.url)
    judge = Judge(sample.payload, corrections)
    for sentence in target.corrections:
        judge.say(sentence)
    kind = _kind(judge, target.route)
    return _Builder(sample, judge, target, kind).reading()


class _Builder:
    """One reading in the making."""

    def __init__(self, sample: Sample, judge: Judge, target: Destination, kind: Kind) -> None:
        self._sample = sample
        self._judge = judge
        self._target = target
        self._kind: Kind = kind
        self._needs: list[Need] = []

    def reading(self) -> Reading:
        """All parts of it, in the order in which their corrections are told."""
        way, token, told = secrets_found.sign_in(self._sample.headers, self._sample.pair)
        if way is None:
            way, token, told = self._target.secret
        if told:
            self._judge.say(told)
        values = _values(self._judge)
        is_img2img = self._kind == "img2img"
        source = self._picture("init_images", "source") if is_img2img else None
        img2img = _img2img(self._judge) if is_img2img else {}
        inpaint, mask = self._inpaint() if is_img2img else (None, None)
        hires, hires_off = _hires(self._judge) if not is_img2img else (None, False)
        return Reading(
            self._sample.form,
            self._kind,
            values,
            img2img,
            inpaint,
            hires,
            hires_off,
            source,
            mask,
            tuple(self._needs),
            self._target.url,
            way,
            token,
            left_out=self._left_out(),
            corrections=tuple(self._judge.corrections),
        )

    def _picture(self, name: str, role: Need) -> bytes | None:
        found, told = pictures.picture(self._judge.raw(name), "source picture" if role == "source" else "mask")
        if told:
            self._judge.say(told)
        if found is None:
            self._needs.append(role)
        return found

    def _inpaint(self) -> tuple[dict[str, Any] | None, bytes | None]:
        judge = self._judge
        if not judge.raw("mask"):
            judge.overlook(*_INPAINT)
            return None, None
        mask = self._picture("mask", "mask")
        found = {
            "blur": judge.integer("mask_blur", 0, 64),
            "fill": judge.integer("inpainting_fill", 0, 3),
            "only_masked": judge.truth("inpaint_full_res"),
            "padding": judge.integer("inpaint_full_res_padding", 0, 1024),
            "invert": judge.truth("inpainting_mask_invert"),
        }
        return _told(found), mask

    def _left_out(self) -> tuple[str, ...]:
        self._judge.overlook(*_OVERLOOKED, *_HIRES, *_IMG2IMG_ONLY, *_INPAINT)
        names = self._judge.left_out()
        if names:
            listed = ", ".join(f"`{name}`" for name in names)
            self._judge.say(f"Left out, since there is no place for it here: {listed}.")
        return tuple(names)


def _kind(judge: Judge, route: str) -> Kind:
    is_given = bool(judge.raw("init_images"))
    if route == "txt2img" and is_given:
        judge.say(NOT_IN_TXT2IMG)
    if route == "txt2img" and not is_given:
        return "txt2img"
    return "img2img" if route == "img2img" or any(map(judge.has, _IMG2IMG_ONLY)) else "txt2img"


def _values(judge: Judge) -> dict[str, Any]:
    sampler = judge.text("sampler_name")
    found = {
        "prompt": _prompt(judge, "prompt"),
        "negative_prompt": _prompt(judge, "negative_prompt"),
        "width": _side(judge, "width"),
        "height": _side(judge, "height"),
        "steps": judge.integer("steps", 1, 1000),
        "sampler_name": sampler or judge.text("sampler_index") or sampler,
        "scheduler": judge.text("scheduler"),
        "cfg_scale": judge.number("cfg_scale", 0, 100),
        "seed": judge.integer("seed", RANDOM_SEED, _LARGEST_SEED),
        "subseed": judge.integer("subseed", RANDOM_SEED, _LARGEST_SEED),
        "subseed_strength": judge.number("subseed_strength", 0, 1),
        "batch_size": judge.integer("batch_size", 1, 64),
        "n_iter": judge.integer("n_iter", 1, MAX_COUNT),
        "tiling": judge.truth("tiling"),
    }
    for name in ("cfg_scale", "subseed_strength"):
        found[name] = None if found[name] is None else float(found[name])  # pyright: ignore[reportArgumentType]
    return _told(found) | _overrides(judge)


def _prompt(judge: Judge, name: str) -> str | None:
    text = judge.text(name)
    if text and len(text) > MAX_PROMPT_CHARACTERS:
        judge.say(f"`{name}` is longer than {MAX_PROMPT_CHARACTERS:,} characters; the rest is cut off.")
        return text[:MAX_PROMPT_CHARACTERS]
    return text


def _side(judge: Judge, name: str) -> int | None:
    """Servers floor sides to a multiple of 8: so the picture is the one that the text would have made."""
    side = judge.integer(name, SMALLEST, LARGEST)
    if side is None or not side % MULTIPLE:
        return side
    judge.say(f"`{name}` must be a multiple of {MULTIPLE}; {side - side % MULTIPLE} is taken, as servers do.")
    return side - side % MULTIPLE


def _overrides(judge: Judge) -> dict[str, str]:
    """Checkpoint and VAE; the server's other settings have no place here."""
    inner = Judge(judge.mapping("override_settings"), judge.corrections)
    found = {"checkpoint": inner.text("sd_model_checkpoint"), "vae": inner.text("sd_vae")}
    if names := inner.left_out():
        judge.say(f"Left out of `override_settings`: {', '.join(f'`{name}`' for name in names)}.")
    return _told(found)


def _img2img(judge: Judge) -> dict[str, Any]:
    strength = judge.number("denoising_strength", 0, 1)
    resize = judge.integer("resize_mode", 0, 3)
    return _told({"denoising_strength": None if strength is None else float(strength), "resize_mode": resize})


def _hires(judge: Judge) -> tuple[dict[str, Any] | None, bool]:
    """The hires part, and whether the text says that there is none."""
    on = judge.truth("enable_hr")
    if not on:
        return None, on is False
    strength = judge.number("denoising_strength", 0, 1)
    found = {
        "denoising_strength": None if strength is None else float(strength),
        "scale": _scale(judge),
        "upscaler": judge.text("hr_upscaler"),
        "steps": judge.integer("hr_second_pass_steps", 0, 1000),
    }
    return _told(found), False


def _scale(judge: Judge) -> float | None:
    scale = judge.number("hr_scale", 1, 8)
    width, target = judge.raw("width"), judge.integer("hr_resize_x", 0, LARGEST)
    if target and type(width) is int and width > 0:
        scale = max(1.0, min(8.0, target / width))
        judge.say(f"The hires size is kept as a factor: {scale:.3g}.")
    return None if scale is None else float(scale)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
