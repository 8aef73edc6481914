# %% [markdown]
# # Answers to "Deep without backprop: what normalisation removes"
#
# The exercises are those of `tutorials/05_deep_without_backprop.py`. All of it runs in about 6
# seconds.

# %%
import numpy as np

from ffnumpy import load, normalise, train
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.layers import Layer
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.weights import Dense, normal

WIDTH, EPOCHS = 200, 6
data, encoding = load("strokes"), OneHot(classes=10)
test_labels = data.test_labels.astype(int)
features = encoding.features(data.test_images)
wrong_labels = (test_labels + np.random.default_rng(1).integers(1, 10, len(test_labels))) % 10
tests = encoding.labelled(features, test_labels, wrong_labels)

# %% [markdown]
# ## 1. Goodness of the second layer, with and without the length
#
# The columns (1, 0) and (1, −1) give y = (3, 4) the sums z = (3, 3 − 4) = (3, −1), so the activity
# (3, 0) and S = 9. For 2 y all sums are twice as large and S = 36: four times as much, whatever the
# weights are. Normalised, y becomes √2 (3, 4)/5, the sums become √2 (3, −1)/5, and S = 2 · 9/25 =
# 0.72. For 2 y it is the same.

# %%
y, W_2 = np.array([[3.0, 4.0], [6.0, 8.0]]), np.array([[1.0, 1.0], [0.0, -1.0]])
S_kept = np.sum(np.maximum(y @ W_2, 0) ** 2, axis=1)
S_removed = np.sum(np.maximum(normalise(y) @ W_2, 0) ** 2, axis=1)
print(f"S for y and 2 y: {S_kept}; after normalising {S_removed.round(2)}")

# %% [markdown]
# ## 2. The loud stack without its lengths
#
# The first layer hands on nothing yet, so its error stays. The upper layers have to name digits by
# the pattern alone, which they have learned less well: their errors rise by points, and more in
# layer 3 than in layer 2. They are far from chance, so the pattern was not ignored; the length came
# first.


# %%
class KeepsLength(Layer):
    """A layer that hands on its activity as it is, length and all."""

    def forward(self, x):
        """Return the activity and its goodness."""
        y = np.maximum(self.weights.forward(x), 0)
        return y, np.sum(y**2, axis=1)

    def learn(self, x, sign):
        """Learn as `Layer` does; return the activity from before the step."""
        y = self.forward(x)[0]
        super().learn(x, sign)
        return y


def trained(kind):
    """Return three layers that learned together."""
    rng = np.random.default_rng(0)
    weights = [normal(n, WIDTH, rng) for n in (784, WIDTH, WIDTH)]
    layers = [kind(Dense(W, Schedule(0.02, EPOCHS, 100), Smoothed())) for W in weights]
    negatives = UniformWrong(10, rng)
    cases = LabelledCases(data.train_images, data.train_labels, encoding, negatives)
    for _epoch in range(EPOCHS):
        for _ in train(layers, cases):
            pass
    return layers


def errors(layers, between):
    """Return the error of each layer [%]; `between` is done to what a layer hands on."""
    x, found = encoding.every_label(features), []
    for layer in layers:
        y, S = layer.forward(x)
        named = S.reshape(10, -1).argmax(axis=0)
        found.append(100 * np.mean(named != test_labels))
        x = between(y)
    return np.array(found)


loud = trained(KeepsLength)
with_length, without = errors(loud, lambda y: y), errors(loud, normalise)
print(f"errors of layers 1 to 3 with the length {with_length.round(1)} %")
print(f"and without it {without.round(1)} %")

# %% [markdown]
# ## 3. What else could tell the verdict
#
# A good answer names a number that a layer above could form of y, tests whether it tells true
# labels from wrong ones, and sees that the pattern itself has to tell them in the end. Candidates,
# all left after the length is taken out: the number of active units, the mean activity, the largest
# one. If positive cases have higher squares, they may have fewer but stronger units, so that the
# mean of x' falls as it gets peaked. Subtracting the mean as well (*layer normalisation*) would
# take that away. Whether to do so is a matter of measurement: removing everything that tells the
# two kinds apart would leave the next layer nothing to learn from.

# %%
x = normalise(np.maximum(loud[0].weights.forward(tests), 0))
numbers = {
    "active units": np.sum(x > 0, axis=1),
    "mean of x'": x.mean(axis=1),
    "largest of x'": x.max(axis=1),
}
told = {}
for name, number in numbers.items():
    true, wrong = np.split(number, 2)
    told[name] = 100 * (np.mean(true > wrong) + np.mean(true == wrong) / 2)
    print(f"{name}: higher for the true label in {told[name]:.0f} % of the images")

# %%
assert S_kept.tolist() == [9, 36]
assert np.allclose(S_removed, 0.72)
assert without[0] == with_length[0]
assert 0.5 < without[1] - with_length[1] < without[2] - with_length[2]
assert without.max() < 40
assert max(abs(share - 50) for share in told.values()) > 10
