# %% [markdown]
# # Deep without backprop: what normalisation removes
#
# Several layers, one on top of the other, learn at the same time, and none learns anything from
# another's mistakes. Each raises its own goodness for images with their true label and lowers it
# for images with a wrong one. How can a layer learn from one that is being changed, and what must
# it not be told? Read [one layer](01_one_layer.py) and [the rule](02_deriving_the_rule.py) first.
# It runs in 5 seconds.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import load, train
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.inference import goodness_by_label
from ffnumpy.layers import Layer
from ffnumpy.losses import sigmoid
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.plotting import ACCENT, DARK, GREY, keep
from ffnumpy.weights import Dense, normal

plt.style.use("ffnumpy.plotting.house")
WIDTH, EPOCHS = 200, 6
data, encoding = load("strokes"), OneHot(classes=10)
test_labels = data.test_labels.astype(int)
rng = np.random.default_rng(0)

# %% [markdown]
# ## The output keeps its direction
#
# The next layer's input is the activity y with its length taken out, $x' = \sqrt{N}\, y / \lVert y
# \rVert$, where N is the number of units. The mean of its squares is always 1. For a single case
# there is a neat reason why the layer above need not wait. All active units have the same factor in
# front of their $y_j$, so a step multiplies them all by the same number:
#
# $$y_j' = y_j + \varepsilon \lVert x \rVert^2 \cdot 2 \frac{\partial \log p}{\partial S}\, y_j
#   = (1 + c)\, y_j.$$
#
# Only the length of y changes, and with it the goodness. The next layer's input stays as it is.
# With several cases in one step this holds only approximately, as each is moved by the others too.

# %%
features = encoding.features(data.test_images)
wrong_labels = (test_labels + rng.integers(1, 10, len(test_labels))) % 10
tests = encoding.labelled(features, test_labels, wrong_labels)  # true, then wrong
x = tests.toarray()[:1]  # a positive case
W = rng.standard_normal((784, WIDTH)) / np.sqrt(784)
y = np.maximum(x @ W, 0)
p = sigmoid(np.sum(y**2) - WIDTH)
W_after = W + 0.0001 * x.T @ (2 * (1 - p) * y)  # the rule, for one case
y_after = np.maximum(x @ W_after, 0)
growth = y_after[y > 0] / y[y > 0]  # 1 + c, unit by unit
turned = np.abs(y_after / np.linalg.norm(y_after) - y / np.linalg.norm(y)).max()
print(f"all active units grow by {growth.min():.6f} to {growth.max():.6f}; S goes from ", end="")
print(f"{np.sum(y**2):.1f} to {np.sum(y_after**2):.1f}; the direction moves by {turned:.0e}")

# %% [markdown]
# ## Three layers at the same time
#
# `train` shows every batch to the first layer, which learns and hands its output to the second, and
# so on. There is no second loop that goes back down. We train two stacks: one of `Layer`, which
# normalises, and one that hands on y as it is.


# %%
class KeepsLength(Layer):
    def forward(self, x):
        y = np.maximum(self.weights.forward(x), 0)
        return y, np.sum(y**2, axis=1)

    def learn(self, x, sign):
        y = self.forward(x)[0]
        super().learn(x, sign)
        return y


def trained(kind):
    """Return three layers that learned together, and their test errors [%] after each epoch."""
    rng, errors = np.random.default_rng(0), []
    weights = [normal(n, WIDTH, rng) for n in (784, WIDTH, WIDTH)]
    layers = [kind(Dense(W, Schedule(0.02, EPOCHS, 100), Smoothed())) for W in weights]
    negatives = UniformWrong(10, rng)
    cases = LabelledCases(data.train_images, data.train_labels, encoding, negatives)
    for epoch in range(1, EPOCHS + 1):
        for _ in train(layers, cases):
            pass
        S = goodness_by_label(layers, encoding, features)  # (layers, images, labels)
        errors.append(100 * np.mean(S.argmax(axis=2) != test_labels, axis=1))
        print(f"{kind.__name__}, epoch {epoch}: errors of layers 1 to 3 {errors[-1].round(1)} %")
    return layers, np.array(errors)


(layers, errors), (loud, loud_errors) = trained(Layer), trained(KeepsLength)
same_first = np.array_equal(layers[0].weights.values, loud[0].weights.values)
print("the first layers of both stacks are the same to the last bit:", same_first)

figure, ax = plt.subplots(figsize=(7, 3))
for number, style in zip((1, 2, 3), (":", "--", "-"), strict=True):
    ax.plot(range(1, EPOCHS + 1), errors[:, number - 1], style, color=DARK, label=f"layer {number}")
ax.set(xlabel="epoch", ylabel="error of each layer alone [%]", ylim=(0, None))
ax.set_title(f"All three layers learn at once, to {errors[-1].max():.1f} % or less")
ax.legend()
keep(figure, "05_deep_without_backprop_1")

# %% [markdown]
# The first layers are the same, as nothing comes down to them. The stack that keeps the length errs
# a little less here. The difference is in what the upper layers listen to.
#
# ## What the length gives away
#
# We put layers of random weights on the trained first layer and do not train them at all. If they
# get y as it is, their goodness tells true labels from wrong ones nearly as well as that of the
# first layer. They read it off the length: a times y makes $a^2$ times the goodness, whatever the
# weights. Without the length they are right in half of the pairs, give or take ten points.
#
# Then we let the trained layers name the test images, and look at those that layer 1 misnames. How
# often does a layer above it give the same wrong name?


# %%
def in_order(S):
    """Return the share of images [%] whose true label has a higher goodness than the wrong one."""
    return 100 * np.mean(S[: len(S) // 2] > S[len(S) // 2 :])


random, repeated = {}, {}
for name, stack in {"removed": layers, "kept": loud}.items():
    x = stack[0].forward(tests)[0]
    draws = [rng.standard_normal((WIDTH, WIDTH)) / np.sqrt(WIDTH) for _draw in range(20)]
    random[name] = [in_order(np.sum(np.maximum(x @ W, 0) ** 2, axis=1)) for W in draws]
    first, *above = goodness_by_label(stack, encoding, features).argmax(axis=2)  # names
    missed = first != test_labels
    repeated[name] = [100 * np.mean(named[missed] == first[missed]) for named in above]
    print(f"length {name}: layers 2, 3 repeat {np.round(repeated[name])} % of layer 1's mistakes")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), width_ratios=(1, 1.6))
left.plot(list(random), list(random.values()), "o", color=GREY)
left.set(xlabel="length", ylabel="pairs in the right order [%]", ylim=(0, 105), xlim=(-0.5, 1.5))
without, with_length = (np.mean(values) for values in random.values())
left.set_title(f"Random layer 2: {without:.0f} % and {with_length:.0f} %")
both, places = np.array(list(repeated.values())), np.arange(2)  # (removed or kept, layer)
right.bar(places - 0.2, both[0], 0.4, color=GREY, label="length removed")
right.bar(places + 0.2, both[1], 0.4, color=ACCENT, hatch="//", label="length kept")
right.set_xticks(places, ["layer 2", "layer 3"])
right.set(xlabel="who repeats", ylabel="mistakes of layer 1 repeated [%]", ylim=(0, 115))
right.set_title(f"Trained layer 2 repeats {both[0, 0]:.0f} % of mistakes, or {both[1, 0]:.0f} %")
right.legend(ncols=2)
keep(figure, "05_deep_without_backprop_2")

# %% [markdown]
# Where the length is kept, the upper layers repeat more of the first layer's mistakes, since its
# verdict reaches them by the length. Without it each has to find its evidence in the pattern.
#
# ## What this does not show
#
# That depth helps: on digits this easy the layers end up alike. It is one random start, and nothing
# is said here of how well backprop would do.
#
# ## Exercises
#
# 1. With a pencil: y = (3, 4), and layer 2 has the columns (1, 0) and (1, −1). What is its S for y,
#    for 2 y, and for both after normalising?
# 2. In code: ask the stack that kept the length for labels, but remove the length between its
#    layers. Which error has each layer now?
# 3. Open: what else about y could tell the next layer the verdict? Should it be removed as well?
#
# ## Checks

# %%
assert np.ptp(growth) < 1e-12
assert turned < 1e-14
assert same_first
assert max(errors[-1].max(), loud_errors[-1].max()) < 14
assert abs(errors[-1] - loud_errors[-1]).max() < 4
assert with_length > 90
assert abs(without - 50) < 10  # 20 draws with a deviation of about 10 points: ± 2
assert (both[1] > both[0] + 3).all()  # points; over four seeds 10 to 21
