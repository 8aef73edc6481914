# %% [markdown]
# # Answers to "One layer tells a digit from its contradiction"
#
# The exercises are those of `tutorials/01_one_layer.py`. All of it runs in about 5 seconds.

# %%
import numpy as np

from ffnumpy import load, predict, train
from ffnumpy.activations import Activation, relu
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.layers import Layer
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.weights import Dense, normal

WIDTH = THETA = 100
data, encoding = load("strokes"), OneHot(classes=10)
test_labels = data.test_labels.astype(int)
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. Mean and standard deviation of S over random starts
#
# The sum $z_j = \sum_i x_i w_{ij}$ has mean 0 and variance $\sum_i x_i^2 / 784$, which is the mean
# of $x_i^2$ and so 1. As a sum of many independent parts it is close to normal. Half of the time it
# is negative and y is 0. So
#
# - the mean of $y^2$ is half the mean of $z^2$: ½;
# - the mean of $y^4$ is half the mean of $z^4$, which is 3 for a standard normal: 3/2;
# - the variance of $y^2$ is $3/2 - (1/2)^2 = 5/4$.
#
# The 100 units are independent. S has the mean 100 · ½ = 50 and the standard deviation √(100 · 5/4)
# = 11.2. The threshold of 100 is 4.5 of them above. At S = 50, p is σ(−50), about 2 · 10⁻²². A
# positive case has 1 − p = 1 and moves the weights with all its force; a negative case has p ≈ 0
# and moves nothing. In the first step all goodness goes up, also that of negative cases, because
# the two kinds share nearly all of their inputs.

# %%
features = encoding.features(data.test_images[:1])
one_case = encoding.labelled(features, test_labels[:1]).toarray()
S = []
for _start in range(2000):
    y = np.maximum(one_case @ normal(784, WIDTH, rng)[:-1], 0)
    S.append(float(np.sum(y**2)))
mean, deviation = np.mean(S), np.std(S)
print(f"2000 starts: S = {mean:.1f} ± {deviation:.1f}; by hand 50 ± 11.2; p = {sigmoid(-50):.0e}")

# %% [markdown]
# ## 2. Learning from positive cases only
#
# Nothing tells the layer what to be silent about. The goodness of both kinds rises far above θ, as
# they have all inputs but two in common. Then p is 1 for every case, 1 − p is 0, and no weight
# moves any more. The layer calls every pair of image and label an agreement, and is right in half
# of the cases, as it was before it learned.

# %%
wrong_labels = (test_labels + rng.integers(1, 10, len(test_labels))) % 10
tests = encoding.labelled(encoding.features(data.test_images), test_labels, wrong_labels)
test_sign = np.repeat([1, -1], len(test_labels))


def cases():
    """Return the training cases of the tutorial."""
    negatives = UniformWrong(10, rng)
    return LabelledCases(data.train_images, data.train_labels, encoding, negatives, 100, seed=0)


def layer(activation=relu):
    """Return an untrained layer."""
    dense = Dense(normal(784, WIDTH, rng), Schedule(0.02, 8, 100), Smoothed())
    return Layer(dense, activation, loss=Logistic(THETA))


only_positive, moved = layer(), []
for x, sign in cases():
    before = only_positive.weights.values.copy()
    positives = encoding.labelled(x.features, x.labels[: len(sign) // 2])
    only_positive.learn(positives, sign[: len(sign) // 2])
    moved.append(np.abs(only_positive.weights.values - before).max())
S = only_positive.forward(tests)[1]
right = np.mean((S > THETA) == (test_sign > 0))
mean_of = {kind: S[test_sign == kind].mean() for kind in (1, -1)}
print(f"mean goodness: positive cases {mean_of[1]:.0f}, negative cases {mean_of[-1]:.0f}")
print(f"{100 * right:.1f} % are on their side of θ; ", end="")
print(f"the first step moved a weight by {moved[0]:.0e}, the hundredth by {moved[-1]:.0e}")

# %% [markdown]
# ## 3. A layer without the cut-off
#
# A good answer notices that S becomes a quadratic form of the input. Split the sum into what the
# label k and the image contribute, $z = a_k + b$, where $a_k$ is row k of the weights. Then
#
# $$S = \lVert a_k + b \rVert^2 = \lVert a_k \rVert^2 + 2\, a_k \cdot b + \lVert b \rVert^2 .$$
#
# The last part is the same for all ten labels. The middle one is linear in the image. So the layer
# can still learn, but comparing ten labels makes it a *linear classifier* of the image, with 100
# units or with a million. The cut-off lets a unit answer to "this label and this part of an image"
# and be silent otherwise, and the sum of such answers is no longer linear. The experiment trains
# both, and reads the linear classifier off the weights: it names the same digits.

# %%
identity = Activation("z", np.copy, np.ones_like, has_kink=False)
layers = {"max(z, 0)": layer(), "z": layer(identity)}
for learner in layers.values():
    shown = cases()
    for _epoch in range(8):
        for _ in train([learner], shown):
            pass
named = {name: predict([learner], encoding, data.test_images) for name, learner in layers.items()}
errors = {name: np.mean(found != test_labels) for name, found in named.items()}
print({name: f"{100 * error:.1f} %" for name, error in errors.items()})

dense = layers["z"].weights
scale = tests.scale[: len(test_labels)]  # what makes the mean square of an input 1
a = dense.matrix[:10]  # what the label adds to z, before scaling
b = tests.features.rows @ dense.matrix[10:] * scale + dense.bias
by_line = np.sum(a**2, axis=1) * scale**2 + 2 * scale * (b @ a.T)
same = np.mean(by_line.argmax(axis=1) == named["z"])
print(f"the linear classifier names the same digit in {100 * same:.1f} % of the images")

# %%
assert abs(mean - 50) < 4 * 11.2 / np.sqrt(2000)  # four standard errors
assert abs(deviation - 11.2) < 1
assert S.min() > 10 * THETA
assert right == 0.5
assert moved[-1] < 1e-3 * moved[0]  # `Smoothed` lets the first steps die out as 0.9^99 = 3e-5
assert errors["max(z, 0)"] < errors["z"] < 0.15
assert same > 0.99
