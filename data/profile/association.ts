/** How much the bins of a column tell of the target: pure arithmetic on their counts. */

/** Rows of each class in each bin: `table[bin][class]`. */
export type Contingency = readonly (readonly number[])[];

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

const columnTotals = (table: Contingency) =>
  (table[0] ?? []).map((_, label) => total(table.map((row) => row[label] ?? 0)));

const entropy = (counts: readonly number[]) => {
  const all = total(counts);
  return -total(counts.filter((count) => count > 0).map((count) => (count / all) * Math.log(count / all)));
};

/**
 * Theil's uncertainty coefficient U(class | bin), 0 to 1: mutual information over the entropy of the classes. Its expectation
 * where there is no association, (bins - 1) (classes - 1) / 2n to first order (Miller, 1955), is subtracted.
 */
export const uncertaintyCoefficient = (table: Contingency): number => {
  const classes = columnTotals(table);
  const rows = table.map(total);
  const all = total(rows);
  const [known, filled] = [classes, rows].map((counts) => counts.filter((count) => count > 0).length);
  const withoutBin = entropy(classes);
  if (withoutBin === 0) return 0;
  const withBin = total(table.map((row, bin) => (rows[bin] ? (rows[bin] / all) * entropy(row) : 0)));
  const bias = ((filled! - 1) * (known! - 1)) / (2 * all);
  return Math.min(1, Math.max(0, (withoutBin - withBin - bias) / withoutBin));
};

/**
 * Area under the ROC curve when the bins are ordered by their share of the class: each class against the rest, weighted by rows.
 * Two classes have the same area.
 */
export const areaOfBins = (table: Contingency): number => {
  const classes = columnTotals(table);
  const all = total(classes);
  const areas = classes.map((positives, label) => {
    const negatives = all - positives;
    if (positives === 0 || negatives === 0) return 0;
    const rows = table.map((row) => ({ hit: row[label] ?? 0, miss: total(row) - (row[label] ?? 0) }));
    rows.sort((a, b) => a.hit * (b.hit + b.miss) - b.hit * (a.hit + a.miss));
    let below = 0;
    let area = 0;
    for (const { hit, miss } of rows) {
      area += hit * (below + miss / 2);
      below += miss;
    }
    return (area / positives / negatives) * (positives / all);
  });
  return total(areas);
};

/** Labels of one bin: rows and the sum of differences from the mean of all. */
export type LabelSum = {
  rows: number;
  sum: number;
};

/**
 * Kelley's epsilon² (1935), 0 to 1: the share of the target's variance between the bins (eta²), less what chance would make it.
 * `squares`: the sum of squared differences from the mean.
 */
export const correlationRatio = (groups: readonly LabelSum[], squares: number): number => {
  const all = total(groups.map(({ rows }) => rows));
  if (!(squares > 0) || all <= groups.length) return 0;
  const between = total(groups.map(({ rows, sum }) => (sum * sum) / rows));
  const within = Math.max(0, squares - between) / (all - groups.length);
  return Math.min(1, Math.max(0, 1 - within / (squares / (all - 1))));
};

/** Sums over the rows where both are known, the values given as differences from some point near their mean. */
export type PairSums = {
  n: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
};

/** Linear correlation; undefined where one of the two does not vary or is beyond doubles. */
export const correlation = ({ n, x, y, xx, yy, xy }: PairSums): number | undefined => {
  const [a, b] = [xx - (x * x) / n, yy - (y * y) / n];
  const r = (xy - (x * y) / n) / Math.sqrt(a) / Math.sqrt(b);
  return a > 1e-12 * xx && b > 1e-12 * yy && Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : undefined;
};
