/**
 * The area under the ROC curve by ranks. It is measured on every row in every round, where sorting with a comparator took
 * longer than training; a radix sort of the floats' bits takes a tenth.
 */

const digitBits = 11;
const digits = 1 << digitBits;

/** Row numbers in ascending order of float32 values. */
const ascendingOrder = (values: Float32Array): Int32Array => {
  const keys = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  // Flipping all bits of negative floats and the sign of the others makes unsigned order the order of the floats.
  for (let row = 0; row < keys.length; row++) keys[row]! ^= keys[row]! >> 31 ? 0xffffffff : 0x80000000;
  let order = new Int32Array(keys.length);
  for (let row = 0; row < keys.length; row++) order[row] = row;
  let sorted = new Int32Array(keys.length);
  for (let shift = 0; shift < 32; shift += digitBits) {
    const next = new Int32Array(digits + 1);
    for (let row = 0; row < keys.length; row++) next[((keys[row]! >>> shift) & (digits - 1)) + 1]!++;
    for (let digit = 1; digit <= digits; digit++) next[digit]! += next[digit - 1]!;
    for (let at = 0; at < order.length; at++) {
      const row = order[at]!;
      sorted[next[(keys[row]! >>> shift) & (digits - 1)]!++] = row;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
};

/** Labels are 0 or 1 (or shares of 1); ties count half. NaN when a class is absent. */
export const areaUnderCurve = (
  labels: Float32Array,
  predictions: Float32Array,
  weights: Float32Array | undefined,
): number => {
  const order = ascendingOrder(predictions);
  let below = 0;
  let area = 0;
  let positives = 0;
  for (let from = 0; from < order.length;) {
    const prediction = predictions[order[from]!]!;
    let negativeTies = 0;
    let positiveTies = 0;
    let to = from;
    for (; to < order.length && predictions[order[to]!] === prediction; to++) {
      const row = order[to]!;
      const weight = weights ? weights[row]! : 1;
      positiveTies += weight * labels[row]!;
      negativeTies += weight * (1 - labels[row]!);
    }
    area += positiveTies * (below + negativeTies / 2);
    below += negativeTies;
    positives += positiveTies;
    // A prediction that is not a number ties with nothing, not even itself.
    from = Math.max(to, from + 1);
  }
  return area / (positives * below);
};
