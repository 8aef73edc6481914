# %% [markdown]
# # Answers to "A layer learns only what its negatives force it to learn"
#
# The exercises are those of `tutorials/04_where_negatives_come_from.py`. All of it runs in about 12
# seconds.

# %%
import numpy as np

from ffnumpy import load, predict, train
from ffnumpy.cases import FixedWrong, LabelledCases, OneHot, UniformWrong
from ffnumpy.inference import goodness_by_label
from ffnumpy.layers import Layer
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.weights import Dense, normal

data, encoding = load("strokes"), OneHot(classes=10)
train_labels, test_labels = data.train_labels.astype(int), data.test_labels.astype(int)
EPOCHS, SEEDS = 6, range(3)

# %% [markdown]
# ## 1. How long until a given wrong label is met
#
# In one epoch a given wrong label is missed with a probability of 8/9, in n epochs with (8/9)ⁿ.
# This is 0.1 at n = log 0.1 / log(8/9) = 19.5: it takes 20 epochs. If the label is drawn every
# other time, 0.5ⁿ = 0.1 at n = 3.3: it takes 4. So in a short training hard negatives show the one
# label that matters about five times as early.

# %%
needed = [int(np.ceil(np.log(0.1) / np.log(1 - chance))) for chance in (1 / 9, 1 / 2)]
rng = np.random.default_rng(0)
drawn = rng.integers(0, 9, (100_000, needed[0])) == 0
met = [drawn[:, :n].any(axis=1).mean() for n in (needed[0] - 1, needed[0])]
print(f"{needed} epochs; after 19 it was met by {met[0]:.3f} of images, after 20 by {met[1]:.3f}")

# %% [markdown]
# ## 2. One wrong label for every image, for ever
#
# `FixedWrong` does this. Each image then refutes one label only. Images of the same digit still
# share what they learn, as together they meet all nine, so the layer names digits nearly as well;
# but an image whose tempting label was never drawn is not corrected, and the error is a little
# larger.


# %%
def errors(make_negatives):
    """Return the test errors [%] of one layer of 100 units, for three random starts."""
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        layer = Layer(Dense(normal(784, 100, rng), Schedule(0.02, EPOCHS, 100), Smoothed()))
        negatives = make_negatives(layer, rng)
        cases = LabelledCases(data.train_images, train_labels, encoding, negatives, seed=seed)
        for _epoch in range(EPOCHS):
            for _ in train([layer], cases):
                pass
        found.append(100 * np.mean(predict([layer], encoding, data.test_images) != test_labels))
    return np.array(found)


uniform = errors(lambda layer, rng: UniformWrong(10, rng))
fixed = errors(lambda layer, rng: FixedWrong(train_labels, 10, rng))
print(f"drawn anew {uniform.round(1)} %, drawn once {fixed.round(1)} %")

# %% [markdown]
# ## 3. Hard negatives without probabilities
#
# A good answer keeps what hard labels have: tempting ones come often. (Drawn by $e^{S_k}$, the
# favourite has a probability of 0.86 on average, and most of the others hardly ever come.) It says
# what its idea costs in passes, too. One proposal: draw a few wrong labels at random, show each of
# them, and keep the one with the highest goodness. That needs a comparison of voltages and no
# exponential, no sum and no division. The chip of this project does so
# (`ffnumpy.cases.StrongestWrong`). With one candidate it is the uniform choice; with all nine it is
# always the most tempting one, which serves best on these digits; it costs nine passes.


# %%
def strongest_of(candidates):
    """Return a maker of negatives: the strongest of a few wrong labels, drawn at random."""

    def make(layer, rng):
        def negatives(features, labels, index):
            S = goodness_by_label([layer], encoding, features)[0]
            shifts = rng.permuted(np.tile(np.arange(1, 10), (len(labels), 1)), axis=1)
            drawn = (labels[:, np.newaxis] + shifts[:, :candidates]) % 10
            strongest = np.take_along_axis(S, drawn, axis=1).argmax(axis=1)
            return drawn[np.arange(len(labels)), strongest]

        return negatives

    return make


by_candidates = {k: errors(strongest_of(k)) for k in (1, 3, 9)}
for k, found in by_candidates.items():
    print(f"{k} candidates: error {found.mean():.1f} % {found.round(1)}")

# %%
assert needed == [20, 4]
assert met[0] < 0.9 < met[1]
assert fixed.mean() > uniform.mean()
assert max(fixed.mean(), uniform.mean()) < 15
assert by_candidates[9].mean() < by_candidates[3].mean() < by_candidates[1].mean() - 0.3
