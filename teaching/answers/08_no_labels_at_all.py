# %% [markdown]
# # Answers to "Layers learn what helps to name digits without seeing a label"
#
# The questions stand at the end of [the tutorial](../../tutorials/08_no_labels_at_all.py).

# %%
from math import comb

import numpy as np

from ffnumpy.data import load

# %% [markdown]
# ## 1. The variance of a pixel after one blur and after six, and the width of the blots
#
# A blurred pixel is a weighted sum of independent bits, so its variance is ¼ times the sum of the
# squared weights. One blur of a column has the weights ¼, ½, ¼, whose squares sum to
# $\tfrac1{16} + \tfrac14 + \tfrac1{16} = \tfrac38$. Down and across, the weights are products and
# the sum of squares is $(3/8)^2 = 9/64$. The variance is $9/256 \approx 0.035$, the standard
# deviation 0.19.
#
# Six blurs have the weights $\binom{12}{k}/2^{12}$, since each blur is two fair steps of half a
# pixel. Their squares sum to $\binom{24}{12}/2^{24} = 0.161$, and the variance is
# $0.161^2/4 = 0.0065$, the standard deviation 0.08. The mean stays ½, so the threshold still cuts
# the picture into two about equal parts, however weak the contrast has become.
#
# The width: after six blurs two neighbouring pixels correlate by C(24, 13)/C(24, 12) = 12/13. Close
# to normal, they lie on two sides of ½ with probability arccos(12/13)/π = 0.126, so along a row a
# blot is about 1/0.126 = 8 pixels wide.

# %%
rng = np.random.default_rng(0)
once = np.diag(np.full(28, 0.5)) + 0.25 * (np.eye(28, k=1) + np.eye(28, k=-1))
once[0, 0] = once[-1, -1] = 0.75
bits = rng.integers(0, 2, (20_000, 28, 28))
by_hand, measured = {}, {}
for blurs in (1, 6):
    by_hand[blurs] = (comb(4 * blurs, 2 * blurs) / 2 ** (4 * blurs)) ** 2 / 4
    row = np.linalg.matrix_power(once, blurs)[14]
    measured[blurs] = np.var(np.einsum("i,nij,j->n", row, bits, row))
    print(f"{blurs} blurs: variance {by_hand[blurs]:.4f} by hand, {measured[blurs]:.4f} measured")

# %% [markdown]
# ## 2. Hybrids of 0, 1, 6 and 20 blurs: told apart, and useful
#
# Without a blur every pixel comes from either digit at random. Such a speckled picture is told from
# a digit by any two neighbouring pixels, and the layer need not know a shape. With many blurs the
# mask takes large pieces, so hybrids get hard to tell from digits.
#
# The readout is a least-squares fit of ten targets to the normalised activities, which has no
# training of its own that could hide a difference.
#
# From 0 to 20 blurs the share told apart falls from 92 % to 68 %. The readout's error stays near
# 7 %, and its standard error with 2,000 images is 0.6 points. All four layers are better than the
# untrained one, and which of the four is best cannot be told here. So how easily a negative is told
# apart says nothing here about how useful it is. The paper does not state the number of blurs.

# %%
data = load("strokes")
labels, test_labels = data.train_labels.astype(int), data.test_labels.astype(int)


def inputs(rows):
    """Return rows scaled to a mean square of 1."""
    return rows / np.sqrt(np.mean(rows**2, axis=1, keepdims=True))


def hybrids(digits, blurs):
    """Return a hybrid of each row and the row before it."""
    B = np.linalg.matrix_power(once, blurs)
    bits = rng.integers(0, 2, (len(digits), 28, 28))
    masks = (B @ bits @ B.T > 0.5).reshape(len(digits), -1)
    return inputs(np.where(masks, digits, np.roll(digits, 1, axis=0)))


rows, unseen = inputs(data.train_images.astype(float)), inputs(data.test_images.astype(float))
W_start = np.random.default_rng(1).standard_normal((784, 300)) / np.sqrt(784)


def trained(blurs):
    """Return the weights of a layer after two epochs of digits and hybrids."""
    W, ascent = W_start.copy(), np.zeros_like(W_start)
    for _ in range(2):
        for index in np.split(rng.permutation(len(rows)), 100):
            x = np.vstack([rows[index], hybrids(rows[index], blurs)])
            y = np.maximum(x @ W, 0)
            p = 1 / (1 + np.exp(300 - np.sum(y**2, axis=1)))
            dlogp_dS = np.concatenate([1 - p[:100], -p[100:]])
            ascent = 0.9 * ascent + 0.1 * x.T @ (2 * dlogp_dS[:, np.newaxis] * y) / len(x)
            W += 0.01 * ascent
    return W


def readout_error(W):
    """Return the test error of a least-squares readout of the normalised activity, in percent."""
    active, asked = (inputs(np.maximum(x @ W, 0)) for x in (rows, unseen))
    V = np.linalg.solve(active.T @ active + np.eye(300), active.T @ np.eye(10)[labels])
    return 100 * np.mean((asked @ V).argmax(axis=1) != test_labels)


told, errors = {}, {"untrained": readout_error(W_start)}
for blurs in (0, 1, 6, 20):
    W = trained(blurs)
    S, S_mixed = (
        np.sum(np.maximum(x @ W, 0) ** 2, axis=1) for x in (unseen, hybrids(unseen, blurs))
    )
    told[blurs] = 100 * (np.mean(S > 300) + np.mean(S_mixed < 300)) / 2
    errors[blurs] = readout_error(W)
    print(f"{blurs} blurs: {told[blurs]:.0f} % told apart, readout errs on {errors[blurs]:.1f} %")
print(f"untrained layer: readout errs on {errors['untrained']:.1f} %")

# %% [markdown]
# ## 3. Open: another negative that needs no label
#
# A good answer names the negative, what distinguishes it from a digit, over what distance that can
# be seen, and a comparison that could refute it. Some candidates:
#
# - a digit with its rows shuffled: seen from two neighbouring rows, probably too easy;
# - a digit whose left half is from one image and whose right half from another: seen only across
#   the seam, and a layer could learn to look at the seam alone;
# - a digit turned upside down: an 8 and a 0 stay digits, so some negatives would be positive;
# - a picture that the network makes by itself, by raising its own goodness: this follows what the
#   network believes, and nobody knows beforehand what it will look like.
#
# The experiment: the same layers, the same number of images and steps, three random starts for
# each kind of negative and for untrained layers, and the error of the same readout on images held
# back from training. A difference counts if it is larger than both the spread over the starts and
# √(e(1 − e)/n) for an error e on n images. The share told apart does not tell the use, as
# exercise 2 shows.

# %%
for blurs in (1, 6):
    assert abs(measured[blurs] / by_hand[blurs] - 1) < 0.1  # √(2/20000) is 1 %
assert told[0] > told[6] > told[20]
assert max(errors[blurs] for blurs in told) < errors["untrained"]
