"use strict";
/*
 * From strokes of a pen to a picture of 28 × 28 pixels, scaled and centred as MNIST's digits are:
 * the longer side of the ink fills 20 pixels, and whole pixels move its centre of mass to the middle.
 */
globalThis.FF ??= {};

FF.picture = (() => {
  const SIDE = 28; // of the picture [pixels]
  const BOX = 20; // of the ink [pixels]
  const PEN = 1.2; // radius of the pen after scaling [pixels]
  const TIE = 1e-6; // a centre of mass halfway between two pixels is rounded up and left [pixels]
  const SMALLEST = 0.1; // longer side of a drawing that still fills the box [sides of the pad]

  /**
   * Return the segments of strokes; a single point is a segment of no length.
   * @param {number[][][]} strokes - each a list of points [x, y]
   * @returns {number[][]} each [x, y, x, y]
   */
  const segments = (strokes) =>
    strokes.flatMap((points) =>
      points.length === 1
        ? [[...points[0], ...points[0]]]
        : points.slice(1).map((point, n) => [...points[n], ...point]),
    );

  /** Return the squared distance of a point from a segment. */
  function distanceSquared(x, y, [ax, ay, bx, by]) {
    const [dx, dy] = [bx - ax, by - ay];
    const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(Math.max(along, 0), 1);
    return (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2;
  }

  /**
   * Scale and move strokes so that the ink is in the middle of the box and its longer side fills it.
   * @param {number[][][]} strokes - in sides of the pad
   * @returns {number[][][]} in pixels of the box
   */
  function boxed(strokes) {
    const points = strokes.flat();
    const [low, high] = [Math.min, Math.max].map((end) =>
      [0, 1].map((axis) =>
        points.reduce((found, point) => end(found, point[axis]), points[0][axis]),
      ),
    );
    const longer = Math.max(high[0] - low[0], high[1] - low[1], SMALLEST);
    const scale = (BOX - 2 * PEN) / longer;
    const middle = [0, 1].map((axis) => (low[axis] + high[axis]) / 2);
    return strokes.map((stroke) =>
      stroke.map((point) => point.map((at, axis) => scale * (at - middle[axis]) + (BOX - 1) / 2)),
    );
  }

  /** Return the grey values of the box, (20, 20), 0 … 1 in 255 steps; edges are anti-aliased. */
  function inked(strokes) {
    const lines = segments(boxed(strokes));
    return Float64Array.from({ length: BOX * BOX }, (_, at) => {
      const [x, y] = [at % BOX, Math.floor(at / BOX)];
      const nearest = (least, line) => Math.min(least, distanceSquared(x, y, line));
      const off = Math.sqrt(lines.reduce(nearest, BOX * BOX));
      return Math.round(255 * Math.min(Math.max(PEN + 0.5 - off, 0), 1)) / 255;
    });
  }

  /** Return where the box begins along an axis, so that its centre of mass is at pixel 14. */
  function offset(box, position) {
    const mass = box.reduce((sum, value) => sum + value, 0);
    const moment = box.reduce((sum, value, at) => sum + value * position(at), 0);
    const begin = Math.round(SIDE / 2 - moment / mass - TIE);
    return Math.min(Math.max(begin, 0), SIDE - BOX);
  }

  /**
   * Return the picture of some strokes.
   * @param {number[][][]} strokes - each a list of points [x, y] in sides of the pad, y downwards
   * @returns {Float64Array} (784,), row by row, 0 … 1; blank if there are no strokes
   */
  function drawn(strokes) {
    const picture = new Float64Array(SIDE * SIDE);
    if (!strokes.length) return picture;
    const box = inked(strokes);
    const right = offset(box, (at) => at % BOX);
    const down = offset(box, (at) => Math.floor(at / BOX));
    box.forEach((value, at) => {
      picture[(down + Math.floor(at / BOX)) * SIDE + right + (at % BOX)] = value;
    });
    return picture;
  }

  return { BOX, SIDE, drawn, segments };
})();
