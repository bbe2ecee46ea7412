"""The words the painter knows. A word that is in none of these tables still counts: see `words`."""

from __future__ import annotations

Meaning = tuple[str, str]  # (slot of the theme, value); "extra" adds, "hair" and "skin" colour a person

# Names as in `painting.palette.PIGMENTS`.
COLOURS = {
    **{word: word for word in ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown")},
    **{word: word for word in ("black", "white", "grey", "gold", "silver", "turquoise", "violet", "beige")},
    "crimson": "red", "scarlet": "red", "ruby": "red", "maroon": "red", "amber": "orange", "golden": "gold",
    "emerald": "green", "olive": "green", "lime": "green", "cyan": "turquoise", "aqua": "turquoise",
    "azure": "blue", "navy": "blue", "indigo": "violet", "lavender": "violet", "magenta": "pink", "rosy": "pink",
    "gray": "grey", "hazel": "hazel", "ginger": "ginger", "blond": "blonde", "blonde": "blonde",
    "brunette": "brown", "chestnut": "brown", "auburn": "ginger", "redhead": "ginger",
}  # fmt: skip

# Nouns a colour word in front of them belongs to.
OWNERS = {
    "eye": "eyes", "hair": "hair", "haired": "hair", "beard": "hair", "lip": "lips", "lipstick": "lips",
    "skin": "skin",
    "dress": "cloth", "shirt": "cloth", "coat": "cloth", "jacket": "cloth", "sweater": "cloth", "suit": "cloth",
    "robe": "cloth", "blouse": "cloth", "scarf": "cloth", "clothes": "cloth", "hoodie": "cloth",
    "sky": "sky", "background": "backdrop", "backdrop": "backdrop", "light": "light", "lights": "light",
    "sea": "water", "ocean": "water", "water": "water", "lake": "water", "river": "water",
    "grass": "ground", "field": "ground", "hill": "ground", "sand": "ground", "tree": "leaves", "leaf": "leaves",
    "leave": "leaves", "foliage": "leaves",
}  # fmt: skip

_SUBJECTS = {
    "portrait": {
        "woman": "woman women lady girl female queen princess she mother bride witch goddess actress daughter",
        "man": "man men male boy guy king prince he father warrior knight wizard gentleman son actor",
        "": "portrait face headshot person people human selfie child character elf",
    },
    "landscape": {
        "mountain": "mountain alps peak summit cliff fjord volcano",
        "meadow": "meadow field prairie grassland valley pasture farm vineyard steppe",
        "lake": "lake pond river stream waterfall creek",
        "desert": "desert dune canyon sahara savanna",
        "": "landscape hill countryside nature scenery horizon vista castle house cottage cabin village barn",
    },
    "sea": {
        "beach": "beach coast shore island bay",
        "": "sea ocean seascape wave harbour harbor marine lighthouse",
    },
    "forest": {"": "forest wood woods woodland jungle tree grove park pine oak birch"},
    "city": {
        "street": "street alley road market",
        "skyline": "skyline skyscraper tower megacity metropolis",
        "": "city town cyberpunk building downtown urban cathedral bridge",
    },
    "flower": {
        "rose": "rose peony",
        "tulip": "tulip lily",
        "sunflower": "sunflower",
        "poppy": "poppy anemone",
        "daisy": "daisy chamomile marguerite",
        "": "flower blossom bouquet floral bloom petal garden",
    },
    "animal": {
        "cat": "cat kitten kitty tiger lynx leopard panther",
        "dog": "dog puppy wolf hound husky corgi",
        "fox": "fox",
        "owl": "owl",
        "bird": "bird parrot robin sparrow raven crow eagle hawk",
        "fish": "fish goldfish koi",
        "": "animal creature pet beast wildlife",
    },
    "still life": {
        "apple": "apple cherry tomato",
        "orange": "orange mandarin peach",
        "pear": "pear lemon quince",
        "bottle": "bottle wine jug",
        "cup": "cup mug coffee tea",
        "": "fruit bowl table vase food breakfast still",
    },
    "abstract": {"": "abstract pattern geometric shapes fractal texture wallpaper swirl chaos background"},
}

_SLOTS = {
    "time": {
        "dawn": "dawn sunrise morning daybreak",
        "day": "day noon daylight sunny midday",
        "sunset": "sunset evening afterglow",
        "dusk": "dusk twilight",
        "night": "night midnight nocturnal starry moonlit moonlight moon stars",
    },
    "season": {
        "spring": "spring april may",
        "summer": "summer july august",
        "autumn": "autumn fall october november",
        "winter": "winter december january christmas frozen icy",
    },
    "weather": {
        "rain": "rain rainy wet drizzle",
        "snow": "snow snowy blizzard",
        "fog": "fog foggy mist misty haze hazy",
        "storm": "storm stormy thunder lightning tempest dramatic",
    },
    "style": {
        "cinematic": "cinematic film movie bokeh moody",
        "photo": "photo photograph photography photorealistic realistic dslr hdr",
        "watercolour": "watercolor watercolour aquarelle wash",
        "oil": "oil impasto baroque renaissance rembrandt painting impressionist",
        "ink": "ink inkwash sumi manga lineart",
        "pencil": "pencil sketch drawing charcoal graphite",
        "anime": "anime cartoon comic illustration",
        "noir": "noir monochrome greyscale grayscale",
        "sepia": "sepia vintage antique",
        "neon": "neon cyberpunk synthwave vaporwave futuristic",
        "pastel": "pastel soft delicate dreamy",
    },
    "extra": {
        "lighthouse": "lighthouse",
        "castle": "castle fortress",
        "house": "house cottage cabin hut barn village",
        "boat": "boat ship sail sailboat yacht",
        "moon": "moon moonlit moonlight",
        "sun": "sun sunny sunset sunrise",
        "birds": "bird birds seagull",
        "river": "river stream creek lake pond",
        "path": "path road trail",
        "clouds": "cloud clouds cloudy overcast",
        "smile": "smile smiling happy laughing joyful cheerful",
        "sad": "sad melancholic melancholy serious stern angry crying",
        "old": "old elderly aged grandmother grandfather wrinkled",
        "beard": "beard bearded moustache mustache wizard",
        "long hair": "long",
        "short hair": "short",
        "curly hair": "curly curls afro",
        "wavy hair": "wavy",
        "bun": "bun updo ponytail braid braids",
        "fringe": "fringe bangs",
        "bald": "bald",
        "blurry": "blurry blurred blur lowres unsharp",
        "dark": "dark gloomy shadow shadows underexposed",
        "bright": "bright luminous overexposed",
        "vivid": "vivid colorful colourful vibrant saturated",
        "dull": "dull desaturated muted faded grey",
    },
    "hair": {"blonde": "blond blonde", "ginger": "redhead ginger", "brown": "brunette"},
    "skin": {"dark": "african ebony", "tan": "tanned latina indian", "pale": "pale"},
}


def _known() -> dict[str, list[Meaning]]:
    table: dict[str, list[Meaning]] = {}
    for motif, subjects in _SUBJECTS.items():
        for subject, words in subjects.items():
            for word in words.split():
                table.setdefault(word, []).append(("motif", motif))
                if subject:
                    table[word].append(("subject", subject))
    for slot, values in _SLOTS.items():
        for value, words in values.items():
            for word in words.split():
                table.setdefault(word, []).append((slot, value))
    return table


KNOWN = _known()

# Pairs that mean something else than their words; read as the one word on the right.
PHRASES = {
    "golden hour": "sunset",
    "blue hour": "dusk",
    "still life": "still",
    "dramatic lighting": "cinematic",
}

_PLAIN = """a an the of in on at with and or by to for from into over under near very her his its their this that is
    are as it and young beautiful pretty handsome cute nice best quality masterpiece highly detailed high resolution
    ultra sharp focus intricate break"""

IGNORED = frozenset(_PLAIN.split())
