/** A regression tree in the arrays of XGBoost's model file; node 0 is the root. */
export interface Tree {
  /** Children, or -1 at a leaf. */
  left: number[];
  right: number[];
  /** -1 at the root. */
  parent: number[];
  /** Feature of an inner node, 0 at a leaf. */
  feature: number[];
  /** Inner node: `value < condition` goes left. Leaf: the value it adds to the margin. Both float32. */
  condition: number[];
  missingLeft: boolean[];
  /** Inner node: -G/(H+lambda) before shrinkage. Leaf: its value, as `hist` leaves it. Not used to predict. */
  baseWeight: number[];
  /** Gain of the split, 0 at a leaf. */
  gain: number[];
  /** Sum of hessians: XGBoost's cover. */
  cover: number[];
}

export const emptyTree = (): Tree => ({
  left: [],
  right: [],
  parent: [],
  feature: [],
  condition: [],
  missingLeft: [],
  baseWeight: [],
  gain: [],
  cover: [],
});

/** Appends a node that is a leaf of value 0 until `makeLeaf` or `makeInner` says otherwise; returns its index. */
export const pushNode = (tree: Tree, parent: number, baseWeight: number, cover: number): number => {
  tree.left.push(-1);
  tree.right.push(-1);
  tree.parent.push(parent);
  tree.feature.push(0);
  tree.condition.push(0);
  tree.missingLeft.push(false);
  tree.baseWeight.push(baseWeight);
  tree.gain.push(0);
  return tree.cover.push(cover) - 1;
};

export const makeLeaf = (tree: Tree, node: number, value: number) => {
  tree.condition[node] = value;
  tree.baseWeight[node] = value;
};

export const makeInner = (
  tree: Tree,
  node: number,
  left: number,
  right: number,
  feature: number,
  condition: number,
  missingLeft: boolean,
  gain: number,
) => {
  tree.left[node] = left;
  tree.right[node] = right;
  tree.feature[node] = feature;
  tree.condition[node] = condition;
  tree.missingLeft[node] = missingLeft;
  tree.gain[node] = gain;
};
