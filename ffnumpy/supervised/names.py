"""Settings as plain names, for records, model files and the command line.

A setting is a frozen dataclass that holds objects, in groups that are frozen dataclasses too. Its
leaves have unique names, so that ``{"rate": 0.01, "goodness": "sum-of-squares"}`` says which of
them to replace. An object of the user's own stands there as ``"own: its name"``: whoever loads the
setting gives the object again, since a file never names code that is to be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ffnumpy import activations, goodness, optimisers
from ffnumpy.inference import all_but_first, all_layers
from ffnumpy.layers.layer import Layer
from ffnumpy.losses import Logistic, SoftplusMargin
from ffnumpy.supervised import setting as supervised
from ffnumpy.training import one_after_another, together
from ffnumpy.weights import normal, uniform

__all__ = ["NAMES", "OWN", "changed", "flat", "leaves", "own_name"]

OWN = "own: "

NAMES: dict[str, Mapping[str, Any]] = {
    "activation": activations.BY_NAME,
    "initial": {"normal": normal, "uniform": uniform},
    "layer": {"standard": Layer},
    "length": {"mean-square-1": None, "unit": 1.0},
    "goodness": goodness.BY_NAME,
    "loss": {"logistic": Logistic, "softplus-margin": SoftplusMargin},
    "optimiser": optimisers.BY_NAME,
    "order": {"together": together, "one-after-another": one_after_another},
    "negatives": {
        "hard": supervised.hard,
        "uniform": supervised.uniform_labels,
        "fixed": supervised.fixed,
    },
    "pixels": {
        "bytes": supervised.BYTES,
        "standardised": supervised.STANDARDISED,
        "as-they-are": supervised.AS_THEY_ARE,
    },
    "voters": {"all-but-first": all_but_first, "all": all_layers},
}
"""The objects that a leaf may hold, by the leaf's name and the object's."""


def _groups(setting: Any) -> dict[str, Any]:
    parts = {f.name: getattr(setting, f.name) for f in fields(setting)}
    return {name: part for name, part in parts.items() if name not in NAMES and is_dataclass(part)}


def leaves(setting: Any) -> dict[str, Any]:
    """Return every choice of a setting by its name, without the groups."""
    groups = _groups(setting)
    own = {f.name: getattr(setting, f.name) for f in fields(setting) if f.name not in groups}
    for group in groups.values():
        own |= leaves(group)
    return own


def flat(setting: Any) -> dict[str, Any]:
    """Return the leaves with objects replaced by their names, for JSON; `changed` reverses it.

    One that is not in `NAMES` is the user's own; see `own_name`.

    Examples
    --------
    >>> from ffnumpy.supervised import Setting
    >>> flat(Setting(hidden=(20,)))["optimiser"]
    'smoothed'
    """
    return {name: _named(name, value) for name, value in leaves(setting).items()}


def _named(leaf: str, value: Any) -> Any:
    for name, known in NAMES.get(leaf, {}).items():
        if known is value or known == value:
            return name
    if leaf in NAMES:
        return own_name(value)
    return list(value) if isinstance(value, tuple) else value


def own_name(value: Any) -> str:
    """Return what stands for an object of the user's own: ``own:`` and its name, or what it is.

    Examples
    --------
    >>> own_name(max), own_name(optimisers.Smoothed(0.5))
    ('own: max', 'own: Smoothed(delay=0.5)')
    """
    name = getattr(value, "name", None) or getattr(value, "__name__", None)
    whole = repr(value)
    return OWN + (name or (type(value).__name__ if " at 0x" in whole else whole))


def changed(setting: Any, **choices: Any) -> Any:
    """Return a setting with some of its leaves replaced.

    Parameters
    ----------
    setting : frozen dataclass
    **choices
        Leaves by name: objects, or the names of objects.

    Raises
    ------
    ValueError
        If there is no such leaf, or a value is not one that it may have.
    """
    unknown = choices.keys() - leaves(setting).keys()
    if unknown:
        raise ValueError(f"no such choice in a setting: {', '.join(sorted(unknown))}")
    wanted = {name: _object(name, value) for name, value in choices.items()}
    return _replaced(setting, wanted)


def _replaced(setting: Any, wanted: dict[str, Any]) -> Any:
    groups = _groups(setting)
    own = {f.name: wanted[f.name] for f in fields(setting) if f.name in wanted}
    own |= {name: _replaced(group, wanted) for name, group in groups.items()}
    return replace(setting, **own)


def _object(leaf: str, value: Any) -> Any:
    """Return the object with this name; a JSON list becomes a tuple again."""
    if leaf not in NAMES:
        return tuple(value) if isinstance(value, list) else value
    if isinstance(value, str) and value in NAMES[leaf]:
        return NAMES[leaf][value]
    if isinstance(value, str) or not _is_like(value, list(NAMES[leaf].values())):
        raise ValueError(f"{leaf}: expected one of {', '.join(NAMES[leaf])}; got {value}")
    return value


def _is_like(value: Any, known: list[Any]) -> bool:
    """Return whether an object has all that the known ones have in common, or is one of them."""
    if value in known:
        return True
    common = set.intersection(*({n for n in dir(k) if n[0] != "_"} for k in known))
    alike = all(hasattr(value, name) for name in common)
    return alike and (bool(common) or (callable(known[0]) and callable(value)))
