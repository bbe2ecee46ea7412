"""The bodies of the routes as tables, in the order in which 1.10.1 echoes them under `parameters`.

Names, types, defaults and which fields take null are the protocol's (a default may differ from its type: the
original never coerced it). Notes are for the documentation page; "no effect here" marks what the practice
endpoint accepts like the original but has nothing to do with.
"""

from __future__ import annotations

from sdstudio.practice.kinds import (
    BOOL,
    FLOAT,
    INTEGER,
    LIST,
    OBJECT,
    TEXT,
    TEXTS,
    at_least,
    at_most,
    literal,
    over,
)
from sdstudio.practice.schema import Field, objects

_UNUSED = "no effect here"

_COMMON = (
    Field("prompt", TEXT, "", "what to paint; the words choose palette and motifs"),
    Field("negative_prompt", TEXT, "", "what to keep away from"),
    Field("styles", TEXTS, None, "names from /sdapi/v1/prompt-styles; unknown ones are ignored"),
    Field("seed", INTEGER, -1, "-1 draws one; picture i uses seed + i"),
    Field("subseed", INTEGER, -1, "variation seed; -1 draws one"),
    Field(
        "subseed_strength", FLOAT, 0, "0…1; above 0 all pictures share the seed and only the subseed advances"
    ),
    Field("seed_resize_from_h", INTEGER, -1, _UNUSED),
    Field("seed_resize_from_w", INTEGER, -1, _UNUSED),
    Field("sampler_name", TEXT, None, "unknown names become the first sampler of the list, silently"),
    Field("scheduler", TEXT, None, "name or label; unknown ones become Automatic, silently"),
    Field("batch_size", INTEGER, 1, "pictures per pass"),
    Field("n_iter", INTEGER, 1, "passes"),
    Field("steps", INTEGER, 50),
    Field("cfg_scale", FLOAT, 7.0),
    Field("width", INTEGER, 512, "floored to a multiple of 8"),
    Field("height", INTEGER, 512, "floored to a multiple of 8"),
    Field("restore_faces", BOOL, None, _UNUSED),
    Field("tiling", BOOL, None),
    Field("do_not_save_samples", BOOL, default=False, note="ignored, as by the original"),
    Field("do_not_save_grid", BOOL, default=False, note="ignored, as by the original"),
    Field("eta", FLOAT, None),
    Field("denoising_strength", FLOAT, None),
    Field("s_min_uncond", FLOAT, None, _UNUSED),
    Field("s_churn", FLOAT, None, _UNUSED),
    Field("s_tmax", FLOAT, None, _UNUSED),
    Field("s_tmin", FLOAT, None, _UNUSED),
    Field("s_noise", FLOAT, None, _UNUSED),
    Field("override_settings", OBJECT, None, "options for this request only; an unknown key is a KeyError"),
    Field("override_settings_restore_afterwards", BOOL, default=True),
    Field("refiner_checkpoint", TEXT, None, _UNUSED),
    Field("refiner_switch_at", FLOAT, None, _UNUSED),
    Field("disable_extra_networks", BOOL, default=False, note=_UNUSED),
    Field("firstpass_image", TEXT, None, _UNUSED),
    Field("comments", OBJECT, None, _UNUSED),
)

_TASK = (
    Field("force_task_id", TEXT, None, "the id to ask /internal/progress about"),
    Field("sampler_index", TEXT, "Euler", "used if sampler_name is empty", nullable=False),
)

_LAST = (
    Field("script_name", TEXT, None, "there are none here: any name is an error"),
    Field("script_args", LIST, [], _UNUSED, nullable=False),
    Field("send_images", BOOL, default=True, note="false leaves `images` empty", nullable=False),
    Field("save_images", BOOL, default=False, note="puts a grid first; nothing is saved here", nullable=False),
    Field("alwayson_scripts", OBJECT, {}, "unknown titles are an error", nullable=False),
    Field("infotext", TEXT, None, _UNUSED),
)

TXT2IMG = (
    *_COMMON,
    Field("enable_hr", BOOL, default=False, note="a second pass at a larger size; needs denoising_strength"),
    Field("firstphase_width", INTEGER, 0, _UNUSED),
    Field("firstphase_height", INTEGER, 0, _UNUSED),
    Field("hr_scale", FLOAT, 2.0),
    Field("hr_upscaler", TEXT, None, "a latent mode or an upscaler"),
    Field("hr_second_pass_steps", INTEGER, 0, "0: as many as the first pass"),
    Field("hr_resize_x", INTEGER, 0),
    Field("hr_resize_y", INTEGER, 0),
    Field("hr_checkpoint_name", TEXT, None, "must be a known checkpoint; no effect here"),
    Field("hr_sampler_name", TEXT, None, _UNUSED),
    Field("hr_scheduler", TEXT, None, _UNUSED),
    Field("hr_prompt", TEXT, "", _UNUSED),
    Field("hr_negative_prompt", TEXT, "", _UNUSED),
    *_TASK,
    *_LAST,
)

_STRENGTH = Field("denoising_strength", FLOAT, 0.75, "0…1: how far from the source", nullable=False)

IMG2IMG = (
    *(_STRENGTH if field.name == _STRENGTH.name else field for field in _COMMON),
    Field("init_images", LIST, None, "base64 or data URLs; one, or as many as batch_size"),
    Field("resize_mode", INTEGER, 0, "0 stretch, 1 crop, 2 fill, 3 latent"),
    Field("image_cfg_scale", FLOAT, None, _UNUSED),
    Field("mask", TEXT, None, "white is repainted"),
    Field("mask_blur_x", INTEGER, 4),
    Field("mask_blur_y", INTEGER, 4),
    Field("mask_blur", INTEGER, None, "both axes; wins over mask_blur_x and _y"),
    Field("mask_round", BOOL, default=True),
    Field("inpainting_fill", INTEGER, 0, "0 fill, 1 original, 2 latent noise, 3 latent nothing"),
    Field("inpaint_full_res", BOOL, default=True, note="true: only the masked area"),
    Field("inpaint_full_res_padding", INTEGER, 0),
    Field("inpainting_mask_invert", INTEGER, 0),
    Field("initial_noise_multiplier", FLOAT, None, _UNUSED),
    Field("latent_mask", TEXT, None, _UNUSED),
    *_TASK,
    Field("include_init_images", BOOL, default=False, note="echo init_images and mask", nullable=False),
    *_LAST,
)

_SHARE = at_most(at_least(FLOAT, 0), 1)

_EXTRAS = (
    Field("resize_mode", literal(0, 1), 0, "0 by a factor, 1 to a size", nullable=False),
    Field("show_extras_results", BOOL, default=True, note=_UNUSED),
    Field("gfpgan_visibility", _SHARE, 0, _UNUSED, nullable=False),
    Field("codeformer_visibility", _SHARE, 0, _UNUSED, nullable=False),
    Field("codeformer_weight", _SHARE, 0, _UNUSED, nullable=False),
    Field("upscaling_resize", over(FLOAT, 0), 2, "the factor", nullable=False),
    Field("upscaling_resize_w", at_least(INTEGER, 1), 512, nullable=False),
    Field("upscaling_resize_h", at_least(INTEGER, 1), 512, nullable=False),
    Field("upscaling_crop", BOOL, default=True, note="cut what exceeds the size"),
    Field("upscaler_1", TEXT, "None", "from /sdapi/v1/upscalers; None does nothing at all", nullable=False),
    Field("upscaler_2", TEXT, "None", nullable=False),
    Field("extras_upscaler_2_visibility", _SHARE, 0, "how much of the second shows", nullable=False),
    Field("upscale_first", BOOL, default=False, note=_UNUSED),
)

EXTRA_SINGLE = (*_EXTRAS, Field("image", TEXT, "", "base64 or a data URL", nullable=False))

_FILE = (
    Field("data", TEXT, required=True, nullable=False),
    Field("name", TEXT, required=True, nullable=False),
)
EXTRA_BATCH = (*_EXTRAS, Field("imageList", objects(_FILE), required=True, nullable=False))

PNG_INFO = (Field("image", TEXT, required=True, nullable=False, note="base64 or a data URL"),)

INTERROGATE = (Field("image", TEXT, "", nullable=False), Field("model", TEXT, "clip", nullable=False))

TASK_PROGRESS = (
    Field("id_task", TEXT, None, "the id of the task", nullable=False),
    Field("id_live_preview", INTEGER, -1, "the id of the preview you have", nullable=False),
    Field("live_preview", BOOL, default=True, nullable=False),
)
