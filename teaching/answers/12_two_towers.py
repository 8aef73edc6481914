# %% [markdown]
# # Answers to "In the first layer, ten labels cost little more than one"
#
# The questions stand at the end of [the tutorial](../../tutorials/12_two_towers.py).

# %%
from dataclasses import replace

import numpy as np

from ffnumpy.cases import TwoTowers
from ffnumpy.data import load
from ffnumpy.experiments import supervised, two_towers
from ffnumpy.inference import goodness_by_label, predict

# %% [markdown]
# ## 1. Multiplications of 784-2000-2000 for an image with ten labels
#
# Layer 1 has 794 · 2000 = 1.588 million weights, layer 2 has 4 million.
#
# - Plain: 10 · (1.588 + 4) = 55.9 million.
# - Shared: 784 · 2000 + 10 · 10 · 2000 = 1.77 million in layer 1 and 10 · 4 = 40 million in layer
#   2, 41.8 million in all.
#
# Layer 1 needs a ninth of its multiplications, the network as a whole three quarters. Layer 2 has
# 96 % of the shared ones. (A label with a single number that is not 0 needs only 2000
# multiplications and not 10 · 2000, which changes little.)

# %%
plain = 10 * (794 * 2000 + 2000 * 2000)
first, second = 784 * 2000 + 10 * 10 * 2000, 10 * 2000 * 2000
print(f"plain {plain / 1e6:.1f} million, shared {(first + second) / 1e6:.1f} million", end="; ")
print(f"layer 2 has {100 * second / (first + second):.0f} % of them")

# %% [markdown]
# ## 2. Labels half and twice as long in the test as in training
#
# The first layer's total input is the image's part plus the label's part. A label of half the
# length moves it half as far, so the ten goodnesses lie closer together. Naming asks only for the
# *order* of the ten, and that hardly changes: the error is about as before. A label of twice the
# length switches many units on or off by itself, whatever the image, so part of the comparison no
# longer depends on the image. The error is about three times as large. The mean goodness rises with
# the length of the label in both steps, so the threshold loses the meaning that it had in training.

# %%
data = load("strokes")
run = two_towers.start(replace(two_towers.QUICK, strength=0.25), data, seed=0)
while not run.finished:
    for _ in run.steps():
        pass
network, length, errors, means = run.network, np.sqrt(784), {}, {}
for share in (0.125, 0.25, 0.5):
    asked = TwoTowers(10, share * length)
    named = predict(network.layers, asked, data.test_images, network.voters)
    errors[share] = 100 * np.mean(named != data.test_labels)
    S = goodness_by_label(network.layers, asked, asked.features(data.test_images[:500]))[1]
    means[share] = S.mean()
    apart = (S.max(axis=1) - S.min(axis=1)).mean()
    print(
        f"label {share} of the image: error {errors[share]:.1f} %, layer 2's mean goodness", end=" "
    )
    print(f"{means[share]:.0f}, largest minus smallest {apart:.0f}")

# %% [markdown]
# ## 3. Open: a hundred labels
#
# Above the first layer the cost is the number of labels that are tried. Ways to try fewer:
#
# - One pass with no label and a softmax readout names a few candidates, and only these are tried.
#   What one gives up are the images whose true label is not among the candidates. That share can be
#   measured, as below: it bounds what the second stage can still get right.
# - Only the readout answers: one pass, and the goodness is not used at all.
# - The first layer's own goodness, which is cheap, selects the candidates.
# - A label as a code of seven bits in place of a hundred numbers does not help by itself. It still
#   has to be tried for every class.
#
# A good answer counts multiplications for its way and measures what it loses on images that were
# not used to choose the number of candidates.

# %%
run = supervised.start(supervised.QUICK, data, seed=0)
while not run.finished:
    for _ in run.steps():
        pass
network = run.network
logits = network.reader.logits(network.encoding.features(data.test_images))
place = (logits > logits[np.arange(len(logits)), data.test_labels.astype(int), np.newaxis]).sum(
    axis=1
)
missed = {k: 100 * np.mean(place >= k) for k in (1, 2, 3, 5)}
for k, percent in missed.items():
    print(f"true label not among the readout's first {k}: {percent:.1f} %")

# %%
assert plain == 55_880_000
assert first + second == 41_768_000
assert errors[0.5] > 1.5 * errors[0.25]
assert abs(errors[0.125] - errors[0.25]) < 4
assert means[0.125] < means[0.25] < means[0.5]
assert missed[1] > missed[3] > missed[5]
