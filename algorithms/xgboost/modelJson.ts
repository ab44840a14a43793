/**
 * XGBoost's JSON model file, as version 1.7.4 writes it and every later version reads it. Its reader is strict about number
 * types: elements of float arrays need a point or an exponent, elements of integer arrays must have none, and parameters are
 * strings. Float32 values are written with the fewest digits that read back as the same float32.
 */
import * as z from 'zod';
import { ClientError } from '../algorithm.ts';
import type { Model } from './model.ts';
import { objectiveNamed } from './objectives.ts';
import type { Tree } from './tree.ts';

const noParent = 2 ** 31 - 1;

/** A float32 as JSON text that XGBoost takes for a float: `5E-1`. */
export const floatText = (value: number): string => {
  for (let digits = 6; digits < 8; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return shorten(text);
  }
  return shorten(value.toExponential(8));
};

const shorten = (text: string) => {
  const [mantissa = '0', exponent = '0'] = text.split('e');
  return `${mantissa.replace(/\.?0+$/, '')}E${Number(exponent)}`;
};

const floats = (values: readonly number[]) => `[${values.map(floatText).join(',')}]`;
const integers = (values: readonly (number | boolean)[]) => `[${values.map(Number).join(',')}]`;
const object = (members: readonly (readonly [string, string])[]) =>
  `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
const strings = (members: Readonly<Record<string, string | number>>) =>
  object(Object.entries(members).map(([name, value]) => [name, JSON.stringify(String(value))] as const));

const treeText = (tree: Tree, id: number, features: number) =>
  object([
    ['base_weights', floats(tree.baseWeight)],
    ['categories', '[]'],
    ['categories_nodes', '[]'],
    ['categories_segments', '[]'],
    ['categories_sizes', '[]'],
    ['default_left', integers(tree.missingLeft)],
    ['id', String(id)],
    ['left_children', integers(tree.left)],
    ['loss_changes', floats(tree.gain)],
    ['parents', integers(tree.parent.map((parent) => (parent < 0 ? noParent : parent)))],
    ['right_children', integers(tree.right)],
    ['split_conditions', floats(tree.condition)],
    ['split_indices', integers(tree.feature)],
    ['split_type', integers(tree.left.map(() => 0))],
    ['sum_hessian', floats(tree.cover)],
    [
      'tree_param',
      strings({ num_deleted: 0, num_feature: features, num_nodes: tree.left.length, size_leaf_vector: 0 }),
    ],
  ]);

const objectiveText = (model: Model) => {
  const { name, parameters } = objectiveNamed(model.objective);
  const block =
    parameters === 'softmax_multiclass_param'
      ? strings({ num_class: model.groups })
      : strings({ scale_pos_weight: model.scalePosWeight });
  return object([['name', JSON.stringify(name)], ...(parameters ? [[parameters, block] as const] : [])]);
};

/** The text of the file `xgboost-model`. */
export const writeModel = (model: Model): string => {
  const { multiclass } = objectiveNamed(model.objective);
  const trees = object([
    ['gbtree_model_param', strings({ num_parallel_tree: 1, num_trees: model.trees.length, size_leaf_vector: 0 })],
    ['tree_info', integers(model.treeGroups)],
    ['trees', `[${model.trees.map((tree, id) => treeText(tree, id, model.features)).join(',')}]`],
  ]);
  const learner = object([
    ['attributes', strings(model.attributes)],
    ['feature_names', '[]'],
    ['feature_types', '[]'],
    [
      'gradient_booster',
      object([
        ['model', trees],
        ['name', '"gbtree"'],
      ]),
    ],
    [
      'learner_model_param',
      strings({
        base_score: floatText(model.baseScore),
        boost_from_average: 1,
        num_class: multiclass ? model.groups : 0,
        num_feature: model.features,
        num_target: 1,
      }),
    ],
    ['objective', objectiveText(model)],
  ]);
  return object([
    ['learner', learner],
    ['version', '[1,7,4]'],
  ]);
};

const integer = z.coerce.number().int();
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]).transform(Boolean);

const treeSchema = z.object({
  left_children: z.array(z.int()).min(1),
  right_children: z.array(z.int()),
  parents: z.array(z.int()),
  split_indices: z.array(z.int().nonnegative()),
  split_conditions: z.array(z.number()),
  split_type: z.array(z.int()).optional(),
  default_left: z.array(flag),
  base_weights: z.array(z.number()),
  loss_changes: z.array(z.number()),
  sum_hessian: z.array(z.number()),
});

const modelSchema = z.object({
  learner: z.object({
    attributes: z.record(z.string(), z.string()).default({}),
    gradient_booster: z.object({
      name: z.literal('gbtree', { error: 'only models of booster=gbtree can be served locally' }),
      model: z.object({ tree_info: z.array(z.int().nonnegative()), trees: z.array(treeSchema) }),
    }),
    learner_model_param: z.object({
      // Since 3.1 a vector of one: "[5E-1]".
      base_score: z
        .string()
        .transform((text) => Number(text.replace(/^\[(.*)\]$/, '$1')))
        .pipe(z.number()),
      num_class: integer.default(0),
      num_feature: integer.pipe(z.number().positive()),
    }),
    objective: z.object({
      name: z.string(),
      reg_loss_param: z.object({ scale_pos_weight: z.coerce.number() }).optional(),
    }),
  }),
});

type StoredTree = z.infer<typeof treeSchema>;

const refuse = (why: string, options?: ErrorOptions) =>
  new ClientError(
    `The model file cannot be served: ${why}. Expected an XGBoost model saved as JSON ` +
      '(Booster.save_model to a name ending in .json, then renamed to xgboost-model).',
    options,
  );

/** Every array as long as the tree, every child inside it and reached once: otherwise a walk could leave it or never end. */
const checkShape = (stored: StoredTree, id: number, features: number) => {
  const nodes = stored.left_children.length;
  const arrays = [
    stored.right_children,
    stored.parents,
    stored.split_indices,
    stored.split_conditions,
    stored.default_left,
    stored.base_weights,
    stored.loss_changes,
    stored.sum_hessian,
  ];
  if (arrays.some((array) => array.length !== nodes)) throw refuse(`the arrays of tree ${id} differ in length`);
  if (stored.split_type?.some((type) => type !== 0)) throw refuse(`tree ${id} has a categorical split`);
  const reached = new Uint8Array(nodes);
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node < 0 || node >= nodes || reached[node] === 1) throw refuse(`tree ${id} is not a tree at node ${node}`);
    reached[node] = 1;
    if (stored.left_children[node] === -1) continue;
    if (stored.split_indices[node]! >= features)
      throw refuse(`tree ${id} splits on feature ${stored.split_indices[node]}`);
    waiting.push(stored.left_children[node]!, stored.right_children[node]!);
  }
};

const treeOf = (stored: StoredTree): Tree => ({
  left: stored.left_children,
  right: stored.right_children,
  parent: stored.parents.map((parent) => (parent === noParent ? -1 : parent)),
  feature: stored.split_indices,
  condition: stored.split_conditions.map(Math.fround),
  missingLeft: stored.default_left,
  baseWeight: stored.base_weights.map(Math.fround),
  gain: stored.loss_changes.map(Math.fround),
  cover: stored.sum_hessian.map(Math.fround),
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse('it is not JSON', { cause });
  }
};

/** Reads a model file; throws ClientError when it is not one this trainer can serve. */
export const readModel = (text: string): Model => {
  const parsed = modelSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refuse(`${issue?.path.join('.')}: ${issue?.message}`, { cause: parsed.error });
  }
  const { learner } = parsed.data;
  const { num_class: classes, num_feature: features, base_score: baseScore } = learner.learner_model_param;
  const stored = learner.gradient_booster.model;
  const groups = objectiveNamed(learner.objective.name).multiclass ? classes : 1;
  if (groups < 1) throw refuse('num_class is missing');
  if (stored.tree_info.length !== stored.trees.length || stored.tree_info.some((group) => group >= groups))
    throw refuse('tree_info does not fit the trees');
  stored.trees.forEach((tree, id) => checkShape(tree, id, features));
  return {
    objective: learner.objective.name,
    baseScore: Math.fround(baseScore),
    groups,
    features,
    scalePosWeight: learner.objective.reg_loss_param?.scale_pos_weight ?? 1,
    trees: stored.trees.map(treeOf),
    treeGroups: stored.tree_info,
    attributes: learner.attributes,
  };
};
