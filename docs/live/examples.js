"use strict";
/*
 * Ten digits as strokes of a pen, one form of each from ffnumpy/data/glyphs.py. A stroke is a string
 * of points 'x,y' in hundredths of a box, y downwards; the pen passes through them on a smooth
 * curve, and a point given twice is a corner.
 */
globalThis.FF ??= {};

FF.examples = (() => {
  const FORMS = [
    ["66,3 28,8 2,55 30,98 72,80 88,38 58,2"],
    ["50,0 50,50 50,100"],
    ["22,24 24,8 50,0 72,20 62,58 36,94 6,92 14,70 54,80 100,86"],
    ["14,14 46,0 76,16 64,40 36,47 36,47 72,57 78,80 46,100 6,92"],
    ["20,5 10,32 8,54 8,54 48,54 90,48", "76,0 68,50 58,100"],
    ["88,2 55,4 30,8 30,8 22,44 22,44 50,44 74,64 60,90 32,100 4,92"],
    ["66,0 32,24 10,62 22,96 58,94 70,70 46,58 14,80"],
    ["4,12 42,9 86,5 86,5 58,50 40,100"],
    ["74,14 46,0 20,20 44,46 70,72 44,100 22,80 34,58 58,40 76,16 62,4"],
    ["74,12 46,0 18,24 30,46 62,34 76,6 76,6 70,50 60,100"],
  ];
  const FINE = 8; // pieces of the curve between two points

  /** Return the points of a stroke in sides of the pad, in whose middle the box lies. */
  const points = (text) =>
    text.split(" ").map((pair) => pair.split(",").map((at) => 0.2 + (0.6 * Number(at)) / 100));

  /** Return the point at t, 0 … 1, of the spline through four points, between the middle two. */
  const between = (four, t) =>
    [0, 1].map((axis) => {
      const [a, b, c, d] = four.map((point) => point[axis]);
      const [linear, square, cube] = [c - a, 2 * a - 5 * b + 4 * c - d, 3 * (b - c) + d - a];
      return b + (t * (linear + t * (square + t * cube))) / 2;
    });

  /** Return a smooth curve through points, a Catmull-Rom spline, continued by mirror images. */
  function smooth(knots) {
    const mirrored = (a, b) => [2 * a[0] - b[0], 2 * a[1] - b[1]];
    const last = knots.length - 1;
    const all = [mirrored(knots[0], knots[1]), ...knots, mirrored(knots[last], knots[last - 1])];
    const curve = [knots[0]];
    for (let n = 0; n < last; n++) {
      for (let step = 1; step <= FINE; step++)
        curve.push(between(all.slice(n, n + 4), step / FINE));
    }
    return curve;
  }

  /** Return a stroke as a curve that is smooth between its corners. */
  function stroke(text) {
    const runs = [[]];
    for (const point of points(text)) {
      const run = runs[runs.length - 1];
      const before = run[run.length - 1];
      if (before && before[0] === point[0] && before[1] === point[1]) runs.push([point]);
      else run.push(point);
    }
    return runs.flatMap(smooth);
  }

  /**
   * Return the strokes of a digit.
   * @param {number} digit
   * @returns {number[][][]} each a list of points [x, y] in sides of the pad
   */
  const strokes = (digit) => FORMS[digit].map(stroke);

  return { FORMS, strokes };
})();
