/** What the splits of a model gained, told from the file that XGBoost writes, whichever of its versions did. */
import * as z from 'zod';
import type { SplitGain } from '../algorithm.ts';

const integers = z.array(z.int());

const treeSchema = z.object({
  left_children: integers.min(1),
  right_children: integers,
  split_indices: z.array(z.int().nonnegative()),
  loss_changes: z.array(z.number()),
});
type StoredTree = z.infer<typeof treeSchema>;

const modelOf = z.object({ trees: z.array(treeSchema) });

const fileSchema = z.object({
  learner: z.object({
    gradient_booster: z.discriminatedUnion(
      'name',
      [
        z.object({ name: z.literal('gbtree'), model: modelOf }).transform(({ model }) => model.trees),
        z
          .object({ name: z.literal('dart'), gbtree: z.object({ model: modelOf }) })
          .transform(({ gbtree }) => gbtree.model.trees),
      ],
      { error: 'only models of booster=gbtree or dart have trees' },
    ),
  }),
});

/** XGBoost's JSON begins with a name; its binary JSON (UBJSON) with the length of one; what came before either with neither. */
const isJson = (bytes: Uint8Array) => /^\s*\{\s*["}]/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));
const isBinaryJson = ([first, second]: Uint8Array) =>
  first === 0x7b && [0x69, 0x55, 0x49, 0x6c, 0x4c].includes(second ?? 0);

/** Reads the file `xgboost-model`: total gain and number of splits by feature. Throws RangeError saying why it cannot. */
export const readSplitGains = (bytes: Uint8Array): Map<number, SplitGain> => {
  if (isBinaryJson(bytes))
    throw new RangeError('the container wrote the model as binary JSON (UBJSON), which is not read');
  if (!isJson(bytes)) throw new RangeError('the container wrote the model in a binary format, which is not read');
  const parsed = fileSchema.safeParse(parse(Buffer.from(bytes).toString('utf8')));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RangeError(`the model file is not as XGBoost writes it: ${issue?.path.join('.')}: ${issue?.message}`, {
      cause: parsed.error,
    });
  }
  const gains = new Map<number, SplitGain>();
  for (const [id, tree] of parsed.data.learner.gradient_booster.entries()) addTree(gains, tree, id);
  return gains;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RangeError('the model file is not JSON to its end', { cause });
  }
};

/** From the root: pruned nodes stay in the arrays. */
const addTree = (gains: Map<number, SplitGain>, tree: StoredTree, id: number) => {
  const reached = new Set<number>();
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const [left, right] = [tree.left_children[node], tree.right_children[node]];
    const [feature, gain] = [tree.split_indices[node], tree.loss_changes[node]];
    if (left === undefined || right === undefined || feature === undefined || gain === undefined || reached.has(node))
      throw new RangeError(`tree ${id} of the model is not a tree at node ${node}`);
    reached.add(node);
    if (left === -1) continue;
    const before = gains.get(feature) ?? { gain: 0, splits: 0 };
    gains.set(feature, { gain: before.gain + gain, splits: before.splits + 1 });
    waiting.push(right, left);
  }
};
