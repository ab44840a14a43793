/** The pipelines of the crash test: one for each way in which our own machine can go well. */

const xgboost = '{ algorithm: xgboost, hyperparameters: { num_round: 20 } }';
const train = (...candidates: string[]) => `train: { candidates: [${candidates.join(', ')}] }\n`;
const gate = (rmse: number) => `gate: { rules: [{ metric: rmse, max: ${rmse} }] }\n`;

/** What stands in the pipeline's file, by kind. */
const settings = {
  endpoint: `${train('{ algorithm: linear-learner }', xgboost)}${gate(50)}deploy: { target: endpoint }\n`,
  batch: `${train(xgboost)}${gate(50)}deploy: { target: batch }\n`,
  registered: `${train(xgboost)}${gate(50)}`,
  refused: `${train(xgboost)}${gate(0.000_01)}`,
} as const;

type Kind = keyof typeof settings;
export const kinds = Object.keys(settings) as Kind[];

/** Names are equally long, so that lengths in histories do not differ: `endpoint-07`, and `endpoint-00` for the one that nobody kills. */
export const pipelineOf = (kind: Kind, n: number) => `${kind}-${String(n).padStart(2, '0')}`;

export const kindOf = (pipeline: string): Kind => {
  const kind = kinds.find((it) => pipeline.startsWith(`${it}-`));
  if (!kind) throw new Error(`${pipeline} is no pipeline of the crash test`);
  return kind;
};

export const fileOf = (pipeline: string) => `name: ${pipeline}\n${settings[kindOf(pipeline)]}`;

export const dropped = `x,y\n${Array.from({ length: 200 }, (_, i) => `${((i * 37) % 200) / 8},${(3 * ((i * 37) % 200)) / 8 + (i % 5) / 4}`).join('\n')}\n`;
