# %% [markdown]
# # Answers: noise, bits and pulses
#
# The exercises of [14_noise_bits_and_pulses.py](../../tutorials/14_noise_bits_and_pulses.py). All
# of it runs in about three seconds.

# %%
import numpy as np

from hardware_sim.arrays.access import HalfVoltage
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Dac
from hardware_sim.constants import BOLTZMANN
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Drive

rng, scale, ledger = np.random.default_rng(0), Scale(), Ledger()

# %% [markdown]
# ## 1. With a pencil
#
# *A column has Σ G = 70.7 µS. How large is its noise in a read of 80 ns at 300 K? What read time
# makes it half of that, and what does that do to the energy?*
#
# 4 k T = 4 · 1.38 · 10⁻²³ J/K · 300 K = 1.66 · 10⁻²⁰ J, and B = 1/(2 · 80 ns) = 6.25 MHz. So
# σ² = 1.66 · 10⁻²⁰ · 6.25 · 10⁶ · 70.7 · 10⁻⁶ A² = 7.3 · 10⁻¹⁸ A², and σ = 2.7 nA.
#
# σ falls as 1/√t, so half of it takes four times as long, 320 ns. The power is the same, so the
# energy of the read is four times as large.


# %%
def sigma(t, sum_G=70.7e-6, T=300.0):
    """Return the noise of a column's current in a read of length t [A]."""
    return np.sqrt(4 * BOLTZMANN * T / (2 * t) * sum_G)


print(f"{1e9 * sigma(80e-9):.2f} nA in 80 ns, {1e9 * sigma(320e-9):.2f} nA in 320 ns")

# %% [markdown]
# ## 2. In code
#
# *Raise ε until k is 62, above the 31 slots. What is the mean of many trains now?*
#
# A train has 31 slots, and to make up for it the library raises every $a_s$ to √(k/31) = √2. A line
# whose probability would be above 1 fires in every slot and no oftener. So the most active cell
# takes 31 steps instead of 62. A cell whose row and column are both below 1/√2 of the largest still
# takes the right number. The mean is still an outer product, but of an x and a δ that are cut at
# 1/√2 of their largest. The ledger counts such lines.

# %%
x, delta = np.array([2.0, 1.2, 0.5]), np.array([1.5, 0.5])
step = IDEAL.mean_step * scale.weight
cells = IDEAL.manufacture((4, 2), rng)
array = Crossbar(cells, IDEAL.unit, IDEAL.reference, scale.volt, ArrayNoise(0.0))
dac = Dac(ledger, scale.volt)
lines = Drive(dac.forward(x)[0], Dac(ledger, scale.output).forward(delta)[0], up=True)


def steps(engine, rate, trains=1000):
    """Return the steps of each cell in one train, the mean of many."""
    cells.set(np.zeros((4, 2)))
    moved = np.zeros((3, 2))
    for _ in range(trains):
        engine.write(array, lines, rate, rng, ledger)
        moved += cells.w[:3] / IDEAL.mean_step
        cells.set(np.zeros((4, 2)))
    return moved / trains


rate = 62 * step / (x.max() * delta.max())
wanted, found = rate * np.outer(x, delta) / step, steps(Coincidence(scale), rate)
root = np.sqrt(62 / 31)
fires_row, fires_column = (np.minimum(root * v / v.max(), 1) for v in (x, delta))
cut = 31 * np.outer(fires_row, fires_column)
print("wanted:", np.round(wanted, 1).tolist())
print("found: ", np.round(found, 1).tolist())
print("31 times the cut probabilities:", np.round(cut, 1).tolist())

# %% [markdown]
# ## 3. Open
#
# *Half of a voltage moves no cell, we said. What if it moves it by 1 % of a step?*
#
# A good answer sees that the cells beside are many. A column that fires with q moves all the cells
# on it a little, those of silent rows too; a row that fires does the same along itself. What is
# added to $n\, p_i q_j$ steps is about $0.01\, n\, (p_i + q_j - 2 p_i q_j)$: a constant along each
# line, so no longer a product of x and δ. In a positive case everything drifts up, in a negative
# one down; what remains is the difference between the two, and a cell whose row is always dark
# moves without having anything to learn.
#
# An experiment: an array's access has a `disturb`, the part of a step that half of the voltage
# makes.


# %%
rate = 23 * step / (x.max() * delta.max())
wanted = rate * np.outer(x, delta) / step
array.access = HalfVoltage(disturb=0.01)
disturbed = steps(Coincidence(scale), rate, trains=10_000)
n = 23
p, q = x / x.max(), delta / delta.max()
expected = wanted + 0.01 * n * (p[:, np.newaxis] + q - 2 * np.outer(p, q))
print("wanted:   ", np.round(wanted, 2).tolist())
print("disturbed:", np.round(disturbed, 2).tolist())
print("expected: ", np.round(expected, 2).tolist())

# %%
assert np.isclose(sigma(80e-9), 2.7e-9, rtol=0.01)
assert np.isclose(sigma(320e-9), sigma(80e-9) / 2)
assert np.allclose(found, cut, atol=5 * np.sqrt(31 / 4 / 1000))  # 5 standard errors at most
assert found[0, 0] == 31
assert np.allclose(disturbed, expected, atol=0.1)  # four standard errors at most
assert disturbed[2, 0] > wanted[2, 0] + 0.05
