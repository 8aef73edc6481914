"""Little tales, told by the library: text that needs no download.

A tale has a hero and a rival, who are met again in most of its sentences. Each sentence follows
one of a few forms and fills it with words of its kind, the first of a list more often than the
last. A singular takes "was" and "its", a plural "were" and "their", so a character may depend on
others ten places back and more.

Not modelled: anything that a tale means.
"""

from __future__ import annotations

import numpy as np

from ffnumpy.data import text
from ffnumpy.data.dataset import Dataset

BEASTS = (
    "fox",
    "lion",
    "wolf",
    "crow",
    "dog",
    "sheep",
    "hare",
    "frog",
    "goat",
    "mouse",
    "eagle",
    "swan",
    "bear",
    "crane",
)
THINGS = (
    "well",
    "grapes",
    "river",
    "field",
    "corn",
    "cheese",
    "vine",
    "meadow",
    "water",
    "net",
    "tree",
    "bone",
)
MANNERS = (
    "hungry",
    "old",
    "clever",
    "proud",
    "thirsty",
    "foolish",
    "weary",
    "vain",
    "strong",
    "timid",
)
DEEDS = (
    "saw",
    "wanted",
    "found",
    "passed",
    "praised",
    "feared",
    "envied",
    "reached",
    "watched",
    "followed",
    "carried",
    "despised",
)
REMARKS = (
    "this is mine",
    "you shall not have it",
    "pride comes before a fall",
    "i am not so foolish",
    "leave me in peace",
    "who would believe it",
)
OPENINGS = (
    "one day {a} {manner} {hero} {deed} the {thing}.",
    "{a} {manner} {hero} was walking by the {thing}, when it {deed} the {rival}.",
    "once upon a time the {rivals} were {manner}; for they {deed} the {thing}.",
)
MIDDLES = (
    "the {rival} was {manner}, and {deed} the {hero} and its {thing}.",
    "the {rivals} were {manner}, and {deed} the {hero} for their {thing}.",
    "{remark}, said the {hero} to the {rival}.",
    "but the {hero} {deed} the {thing} of the {rival}; and so did the {rivals}.",
    "when the {rival} {deed} the {thing}, it said; {remark}.",
)
CLOSINGS = ("then the {hero} went home.", "so the {rivals} had the {thing}.", "{remark}.")


def dataset(tales: int = 100, seed: int = 0) -> Dataset:
    """Tell tales and return their windows, those for testing from tales of their own.

    Parameters
    ----------
    tales : int
        At least ten.
    seed : int
        The same seed tells the same tales.
    """
    rng = np.random.default_rng(seed)
    return text.dataset("tales", [tell(rng) for _ in range(tales)])


def tell(rng: np.random.Generator) -> str:
    """Return one tale: an opening, two to four sentences and an end."""
    hero, rival = rng.choice(BEASTS, 2, replace=False)
    forms = [
        rng.choice(OPENINGS),
        *rng.choice(MIDDLES, rng.integers(2, 5)),
        rng.choice(CLOSINGS),
    ]
    return " ".join(_filled(form, str(hero), str(rival), rng) for form in forms)


def _filled(form: str, hero: str, rival: str, rng: np.random.Generator) -> str:
    words = {
        "manner": _one_of(MANNERS, rng),
        "deed": _one_of(DEEDS, rng),
        "thing": _one_of(THINGS, rng),
        "remark": _one_of(REMARKS, rng),
    }
    article = "an" if words["manner"][0] in "aeiou" else "a"
    return form.format(hero=hero, rival=rival, rivals=rival + "s", a=article, **words)


def _one_of(words: tuple[str, ...], rng: np.random.Generator) -> str:
    """Draw a word, the n-th of the list with a probability in proportion to 1/n."""
    share = 1 / np.arange(1, len(words) + 1)
    return str(rng.choice(words, p=share / share.sum()))
