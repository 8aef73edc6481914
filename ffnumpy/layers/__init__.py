"""Layers: `forward` changes nothing, `learn` adjusts the layer; both return its output."""

from ffnumpy.layers.driven import Driven, Moment
from ffnumpy.layers.dropout import Dropout
from ffnumpy.layers.fast import Goals, OneStepLayer
from ffnumpy.layers.group import Group
from ffnumpy.layers.layer import Frozen, Layer, LayerLike, in_float64
from ffnumpy.layers.one_step import one_step
from ffnumpy.layers.peers import PeerNormalisation
from ffnumpy.layers.pooling import MaxPooling
from ffnumpy.layers.readout import Readout, ReadoutLayer, log_softmax, softmax, untrained
from ffnumpy.layers.recurrent import Recurrent
from ffnumpy.layers.through import BlackBox, Through

__all__ = [
    "BlackBox",
    "Driven",
    "Dropout",
    "Frozen",
    "Goals",
    "Group",
    "Layer",
    "LayerLike",
    "MaxPooling",
    "Moment",
    "OneStepLayer",
    "PeerNormalisation",
    "Readout",
    "ReadoutLayer",
    "Recurrent",
    "Through",
    "in_float64",
    "log_softmax",
    "one_step",
    "softmax",
    "untrained",
]
