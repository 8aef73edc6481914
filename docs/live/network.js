"use strict";
/*
 * The forward pass of a Forward-Forward network.
 *
 * In the letters of the equations: x is the input of a layer, z = x W + b, y = max(z, 0), the
 * goodness S = Σ y², and x̂ = y √(n/S) what the next of n inputs sees. A layer is anything that has
 * `times(x)`, which returns z; chip.js makes others.
 */
globalThis.FF ??= {};

FF.network = (() => {
  const TINY = 1e-30; // keeps a vector of zeros at zero

  /**
   * Read numbers that `ffnumpy export-web` wrote.
   * @param {string} text - little-endian float32 in base64
   * @returns {Float32Array}
   */
  function decoded(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  }

  /**
   * Return z = x W + b. Inputs of 0, as four pixels in five are, cost nothing.
   * @param {Float64Array} x - (inputs,)
   * @param {ArrayLike<number>} values - (inputs + 1, units), row by row, the biases last
   * @param {number} units
   * @returns {Float64Array} (units,)
   */
  function product(x, values, units) {
    const z = Float64Array.from(values.slice(x.length * units));
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;
      for (let j = 0, at = i * units; j < units; j++, at++) z[j] += x[i] * values[at];
    }
    return z;
  }

  /** Return Σ v². */
  const squared = (v) => v.reduce((sum, value) => sum + value * value, 0);

  /**
   * Return a vector with its length removed, so that its mean square is 1.
   * @param {Float64Array} v - (n,)
   * @returns {Float64Array} (n,)
   */
  function normalised(v) {
    const scale = Math.sqrt(v.length / (squared(v) + TINY));
    return v.map((value) => value * scale);
  }

  /**
   * Return a matrix of the exported file, ready to multiply.
   * @param {{inputs: number, units: number, float32: string}} matrix
   * @returns {{inputs: number, units: number, values: Float32Array, times: Function}}
   */
  function ready(matrix) {
    const values = decoded(matrix.float32);
    return { ...matrix, values, times: (x) => product(x, values, matrix.units) };
  }

  /**
   * Return the network of an exported file: its layers, its readout, and what the file says of it.
   * @param {object} file - the constant that `ffnumpy export-web` wrote
   */
  const loaded = (file) => ({
    ...file,
    layers: file.layers.map(ready),
    readout: ready(file.readout),
  });

  /**
   * Return the input of the first layer: the label's inputs in place of the first pixels, and all
   * scaled to mean square 1.
   * @param {Float64Array} picture - (pixels,), 0 … 1
   * @param {ArrayLike<number>} code - (classes,), what the label's inputs are before the scaling
   * @returns {Float64Array} (pixels,)
   */
  function labelled(picture, code) {
    const x = Float64Array.from(picture);
    x.set(code);
    return normalised(x);
  }

  /**
   * Return the code of a label: `strength` at its place, or strength/classes everywhere if the label
   * is neutral.
   * @param {number|null} label - null for the neutral one
   * @param {number} strength - of the true label's input; a full pixel is 1
   * @param {number} classes
   * @returns {Float64Array} (classes,)
   */
  const code = (label, strength, classes) =>
    new Float64Array(classes).map((_, k) => {
      if (label === null) return strength / classes;
      return k === label ? strength : 0;
    });

  /**
   * Take an input through all layers.
   * @param {object[]} layers
   * @param {Float64Array} x - (inputs of the first layer,)
   * @returns {{goodness: number, output: Float64Array}[]} of each layer; its output is normalised
   */
  function forward(layers, x) {
    const seen = [];
    for (const layer of layers) {
      const y = layer.times(x).map((z) => Math.max(z, 0));
      x = normalised(y);
      seen.push({ goodness: squared(y), output: x });
    }
    return seen;
  }

  /**
   * Return the probabilities of the classes.
   * @param {Float64Array} logits - (classes,)
   * @returns {Float64Array} (classes,)
   */
  function softmax(logits) {
    const largest = Math.max(...logits);
    const powers = logits.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  }

  /**
   * Return all that a network says of a picture: a pass for every label, and one with the neutral
   * label for the readout, which reads every layer but the first (or the only one).
   * @param {{layers: object[], readout: object, classes: number, voters: number[]}} network
   * @param {Float64Array} picture - (pixels,), 0 … 1
   * @param {number} strength - of the label's input
   * @returns {{passes: object[][], neutral: object[], votes: number[], probabilities: Float64Array}}
   *   `passes[label][layer]` and `neutral[layer]` as `forward` returns them; `votes` is the goodness
   *   of each label, summed over the layers that vote
   */
  function asked(network, picture, strength) {
    const { layers, readout, classes, voters } = network;
    const pass = (label) => forward(layers, labelled(picture, code(label, strength, classes)));
    const passes = Array.from({ length: classes }, (_, label) => pass(label));
    const neutral = pass(null);
    const votes = passes.map((seen) => voters.reduce((sum, k) => sum + seen[k].goodness, 0));
    const read = neutral.slice(Math.min(1, layers.length - 1)).flatMap((seen) => [...seen.output]);
    return {
      passes,
      neutral,
      votes,
      probabilities: softmax(readout.times(Float64Array.from(read))),
    };
  }

  /** Return the place of the largest value, the first of several. */
  const largest = (values) => values.indexOf(Math.max(...values));

  return { asked, code, forward, labelled, largest, loaded, normalised, product, softmax, squared };
})();
