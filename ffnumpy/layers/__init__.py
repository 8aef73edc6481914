"""Layers: `forward` looks and changes nothing, `learn` adjusts the layer and hands on."""
