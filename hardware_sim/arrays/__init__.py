"""The crossbar: Ohm's law at every crossing, Kirchhoff's at every column."""
