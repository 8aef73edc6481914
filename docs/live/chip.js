"use strict";
/*
 * A simulated analog chip that holds the weights of a network.
 *
 * A weight is the state of one cell against a fixed reference. A cell's conductance runs from G_min
 * to G_max, which stand for the weights −r and r; r is the largest |weight| of its matrix but for
 * one in a thousand, and what lies outside is clipped. The cells are written once. At each read
 * every cell's conductance is off by a fresh Gaussian error.
 */
globalThis.FF ??= {};

FF.chip = (() => {
  const WITHIN = 0.999; // of the weights are in the range of the cells

  /**
   * Return a source of uniform random numbers, 0 … 1 (mulberry32): the same seed, the same numbers.
   * @param {number} seed
   * @returns {function(): number}
   */
  function uniform(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  /** Return a standard normal number from a uniform source, by Box and Muller. */
  const normal = (random) =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

  /**
   * Return r, the weight that stands at the end of the cells' range.
   * @param {Float32Array} values
   */
  function range(values) {
    const sizes = values.map(Math.abs).sort();
    return sizes[Math.floor(WITHIN * (sizes.length - 1))] || 1;
  }

  /**
   * Return a weight as cells of `bits` hold it: rounded to one of 2^bits − 1 levels from −r to r.
   * @param {number} value
   * @param {number} r
   * @param {number} bits - 2 or more; Infinity for any value in the range
   */
  function stored(value, r, bits) {
    const inside = Math.min(Math.max(value, -r), r);
    if (bits === Infinity) return inside;
    const step = r / (2 ** (bits - 1) - 1);
    return Math.round(inside / step) * step;
  }

  /**
   * Write a matrix into cells.
   * @param {{inputs: number, units: number, values: Float32Array}} matrix
   * @param {{bits: number, stuck: number, noise: number}} faults - `stuck` is the share of the cells
   *   that stay where they are, anywhere in the range; `noise` the standard deviation of a read of a
   *   cell, as a share of G_max − G_min
   * @param {number} seed - of the individual chip; more stuck cells include those of fewer
   * @param {function(): number} reading - uniform source of the noise
   * @returns {object} the matrix with the weights of the cells, and a `times` of its own
   */
  function written(matrix, faults, seed, reading) {
    const random = uniform(seed);
    const r = range(matrix.values);
    const values = new Float64Array(matrix.values).map((value) => {
      const draw = random();
      const level = random();
      return draw < faults.stuck ? r * (2 * level - 1) : stored(value, r, faults.bits);
    });
    return {
      ...matrix,
      values,
      range: r,
      times: (x) => read(x, values, matrix, r, faults, reading),
    };
  }

  /**
   * Return z, one read of the columns. The errors of a column's cells add up to one Gaussian of
   * variance (2 r noise)² (Σ x² + 1); the 1 is the line of the biases.
   */
  function read(x, values, { units }, r, { noise }, reading) {
    const z = FF.network.product(x, values, units);
    if (!noise) return z;
    const deviation = 2 * r * noise * Math.sqrt(FF.network.squared(x) + 1);
    return z.map((value) => value + deviation * normal(reading));
  }

  /**
   * Return a network whose matrices are written into the cells of an individual chip.
   * @param {object} network - as `FF.network.loaded` returns it
   * @param {{bits: number, stuck: number, noise: number}} faults - see `written`
   * @param {number} seed - of the chip
   * @param {function(): number} reading - uniform source of the noise of all reads
   */
  function manufactured(network, faults, seed, reading) {
    const make = (matrix, k) => written(matrix, faults, 100 * seed + k, reading);
    return {
      ...network,
      layers: network.layers.map(make),
      readout: make(network.readout, network.layers.length),
    };
  }

  return { manufactured, normal, range, stored, uniform, written };
})();
