"""The popular PyTorch example of Forward-Forward [Pezeshki2022], not in the paper.

784-500-500, layers trained one after another for 1000 epochs each, one batch of all 50,000 images,
Adam with ε = 0.03; goodness is the mean of squares with θ = 2, inputs have unit length. Test error
6.8 %.

What differs: the example draws its wrong labels by shuffling the true ones, so one in ten is right;
here all are wrong.
"""

from __future__ import annotations

from ffnumpy.experiments import supervised
from ffnumpy.supervised.names import changed

SECTION, PAPER, REACH, MINUTES = "–", "6.8 %", 0.068, 45
DIFFERS = "no wrong label is the true one by chance"
FULL = changed(
    supervised.AUTHOR,
    hidden=(500, 500),
    epochs=1000,
    initial="uniform",
    length="unit",
    voters="all",
    goodness="mean-of-squares",
    threshold=2.0,
    temperature=1.0,
    rate=0.03,
    decay=0.0,
    optimiser="adam",
    peer=0.0,
    order="one-after-another",
    falling=False,
    batch=1_000_000,
    negatives="fixed",
    pixels="standardised",
)
QUICK = changed(FULL, hidden=(100, 100), epochs=250)
network, start = supervised.network, supervised.start
