"""Training a chip, its floating-point twin and its rivals by the loop of `ffnumpy`."""
