"""The Forward-Forward algorithm in plain NumPy, every update derived by hand and proved."""

__version__ = "0.1.0"
