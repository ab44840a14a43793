/**
 * Runs to report on: drops, answers and everything else generated, then profiled, evaluated and judged by the real code.
 * Long because each of them is a whole run.
 */
import { compare } from '../../data/evaluation/comparison.ts';
import { numericDrift } from '../../data/evaluation/drift.ts';
import { summariseFolds } from '../../data/evaluation/folds.ts';
import { evaluationOf } from '../../data/evaluation.ts';
import { chooseThreshold } from '../../data/evaluation/threshold.ts';
import { directionOf, evaluate, type Answers } from '../../data/metrics.ts';
import { profileDataset } from '../../data/profile.ts';
import { describeTarget } from '../../data/target.ts';
import type { EvaluatedCandidate, ReportFacts } from '../../report/reportHtml.ts';
import type { Drift, EvaluationDocument } from '../../spec/evaluation.ts';
import { judge } from '../../spec/gate.ts';
import { pipelineSchema } from '../../spec/pipeline.ts';
import type { CandidateResult, Prepared } from '../../spec/run.ts';
import { fractions, normal } from '../data/evaluation/answers.ts';
import { datasetOf } from '../fixtures/dataset.ts';

interface Example {
  name: string;
  file: string;
  target: string;
  objective: string;
  csv: string;
  /** Of the new model, of a second one and of the champion, on the same rows. */
  answers: readonly [Answers, Answers, Answers];
  baseline: Answers;
  slices: readonly { column: string; codes: Int32Array; names: readonly string[] }[];
  rules: object[];
  importance: readonly (readonly [feature: string, importance: number])[];
  drift: readonly Drift[];
  /** Whether the deployed model can be scored on this file. */
  champion: boolean;
}

const make = async (example: Example): Promise<ReportFacts> => {
  const { name, answers, objective, slices, baseline } = example;
  const dataset = await datasetOf(example.csv);
  const target = await describeTarget(dataset, { target: example.target });
  const profile = { ...(await profileDataset(dataset, { target })), name: example.file };
  const classes = target.classes && [...target.classes];
  const document = (own: Answers): EvaluationDocument =>
    evaluationOf(own, { replicates: 60, slices, ...(classes && { classes }) });
  const comparison = example.champion ? compare(answers[0], answers[2], objective, { replicates: 300 }) : undefined;
  const folds = foldsOf(answers[0]);
  const importance = example.importance.map(([feature, own], place) => ({
    feature,
    importance: own,
    deviation: Math.abs(own) * 0.08 + 0.0004 * (place + 1),
  }));
  const total = example.importance.reduce((sum, [, own]) => sum + Math.max(0, own), 0);
  const chosen = answers[0].problem === 'binary' && {
    thresholdChoice: {
      ...chooseThreshold(answers[0].labels, answers[0].scores, { cost: { fp: 1, fn: 2 } }),
      threshold: 1 / 3,
    },
  };
  const columns = example.importance.map(([feature, own], place) => ({
    feature,
    gain: Math.max(0.2, (Math.max(0, own) / total) ** 1.4 * 900),
    splits: 3 * place + 1,
  }));
  const winner: EvaluatedCandidate = {
    candidate: 1,
    algorithm: 'xgboost',
    evaluation: {
      ...document(answers[0]),
      ...chosen,
      folds,
      importance,
      gain: { columns },
      ...(comparison && { comparison }),
    },
  };
  const others: EvaluatedCandidate[] = [
    { candidate: 0, algorithm: 'linear-learner', evaluation: document(answers[1]) },
    ...(example.champion
      ? [{ candidate: 'champion' as const, algorithm: 'xgboost', evaluation: document(answers[2]) }]
      : []),
  ];
  const pipeline = pipelineSchema.parse({
    name,
    data: { target: example.target },
    train: { candidates: [{ algorithm: 'linear-learner' }, { algorithm: 'xgboost' }] },
    gate: { rules: example.rules },
    deploy: { target: 'endpoint' },
  });
  const rows = answers[0].labels.length;
  const prepared: Prepared = {
    problem: target.problem,
    target: target.name,
    ...(classes && { classes, classCounts: [...(target.classCounts ?? [])] }),
    rows: { read: profile.rowsRead, train: profile.rowsRead - 2 * rows, validation: rows, test: rows },
    features: 31,
    baseline: evaluate(baseline).metrics,
    objective,
    leftOut: profile.leaks.map(({ column, reason }) => ({ column, reason })),
    ...(!example.champion && { championComplaint: 'it needs the column lstat, which the file does not have' }),
  };
  const results = [winner, ...others].map(
    ({ candidate, algorithm, evaluation: { metrics, intervals, slices: parts } }): CandidateResult => ({
      candidate,
      algorithm,
      modelName: `${name}-${candidate}`,
      metrics,
      intervals,
      ...(parts && { slices: parts }),
      ...(candidate === 1 && comparison && { comparison }),
    }),
  );
  const champion = results.find(({ candidate }) => candidate === 'champion');
  return {
    plan: {
      runId: `${name}-0123456789abcdef`,
      source: { bucket: 'sluice-000000000000', key: `drop/${name}/${example.file}`, versionId: '3L4kqtJlcpXroDTDmJ' },
      pipeline,
      candidates: [
        { id: 0, algorithm: 'linear-learner', imageUri: 'image', hyperparameters: { epochs: '15' } },
        {
          id: 1,
          algorithm: 'xgboost',
          imageUri: 'image',
          hyperparameters: { max_depth: '6', eta: '0.1', num_round: '300' },
        },
      ],
      costCeilingUsd: 1.38,
    },
    prepared,
    profile,
    evaluations: [winner, ...others],
    verdict: judge({
      gate: pipeline.gate,
      objective,
      direction: directionOf(objective),
      candidates: results.filter(({ candidate }) => candidate !== 'champion'),
      ...(champion && { champion }),
      baseline: prepared.baseline,
      drift: { columns: example.drift },
    }),
    drift: { against: `${name}-fedcba9876543210`, columns: example.drift },
  };
};

const foldsOf = ({ problem, labels, scores, ...rest }: Answers) => {
  const width = scores.length / labels.length;
  const size = Math.floor(labels.length / 5);
  const folds = Array.from({ length: 5 }, (_, fold) => {
    const [from, to] = [fold * size, (fold + 1) * size];
    return evaluate({
      problem,
      ...rest,
      labels: labels.slice(from, to),
      scores: scores.slice(from * width, to * width),
    }).metrics;
  });
  const names = { binary: ['auc', 'f1', 'logloss'], multiclass: ['accuracy', 'f1Macro'], regression: ['rmse', 'r2'] };
  return Object.fromEntries(
    names[problem].flatMap((metric) => {
      const summary = summariseFolds(folds.map((own) => own[metric] ?? 0));
      return summary ? [[metric, summary]] : [];
    }),
  );
};

const pick = <Item>(random: () => number, items: readonly Item[]): Item =>
  items[Math.floor(random() ** 1.7 * items.length)] as Item;
const drifted = (column: string, shift: number): Drift => {
  const bins = Array.from({ length: 20 }, (_, bin) => 100 + shift * (bin - 10));
  return numericDrift(column, { counts: bins.map(() => 100), missing: 10 }, { counts: bins, missing: 12 });
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const round = (x: number, digits = 0) => Number(x.toFixed(digits));

/** Two classes, with a column that gives the target away, one that is suspicious, and one like an id. */
export const incomeRun = (): Promise<ReportFacts> => {
  const random = fractions(1);
  const education = [
    'HS-grad',
    'Some-college',
    'Bachelors',
    'Masters',
    'Assoc-voc',
    '11th',
    'Doctorate',
    'Prof-school',
  ];
  const work = ['Private', 'Self-emp-not-inc', 'Local-gov', 'State-gov', 'Federal-gov', 'Without-pay'];
  const rows = Array.from({ length: 5000 }, (_, id) => {
    const age = round(18 + 55 * random() ** 1.4);
    const school = pick(random, education);
    const hours = round(Math.min(99, Math.max(4, 40 + 11 * normal(random))));
    const gain = random() < 0.91 ? 0 : round(Math.exp(7 + 1.3 * normal(random)));
    const logit = -7.6 + age * 0.07 + hours * 0.06 + education.indexOf(school) * 0.56 + (gain > 5000 ? 4 : 0);
    const rich = Number(random() < sigmoid(logit));
    const workclass = pick(random, work);
    return { id, age, school, hours, gain, logit, rich, workclass };
  });
  const lines = rows.map(({ id, age, school, hours, gain, rich, workclass }) =>
    [
      `P-${100000 + id * 7}`,
      age,
      random() < 0.056 ? '' : workclass,
      school,
      gain,
      hours,
      round(rich * 2 + normal(random) * 0.35, 3),
      rich ? 'upper' : 'lower',
      'US',
      rich ? '>50K' : '<=50K',
    ].join(','),
  );
  const held = rows.slice(0, 1000);
  const scored = (noise: number): Answers => ({
    problem: 'binary',
    labels: Float64Array.from(held, ({ rich }) => rich),
    scores: Float64Array.from(held, ({ logit }) => sigmoid(logit + noise * normal(random))),
    threshold: 1 / 3,
  });
  const classesHeld = held.map(({ workclass }) => work.indexOf(workclass));
  return make({
    name: 'adult-income',
    file: 'adult.csv',
    target: 'income',
    objective: 'auc',
    csv: `person,age,workclass,education,capital_gain,hours_per_week,credit_line,tax_band,country,income\n${lines.join('\n')}\n`,
    answers: [scored(0.15), scored(0.9), scored(0.7)],
    baseline: {
      problem: 'binary',
      labels: Float64Array.from(held, ({ rich }) => rich),
      scores: Float64Array.from(held, () => 0.36),
    },
    slices: [
      { column: 'workclass', codes: Int32Array.from(classesHeld), names: work },
      {
        column: 'education',
        codes: Int32Array.from(held, ({ school }) => education.indexOf(school)),
        names: education,
      },
    ],
    rules: [
      { metric: 'auc', min: 0.7 },
      { metric: 'recall', slice: 'workclass', min: 0.3 },
      { drift: 'psi', max: 0.25 },
    ],
    importance: [
      ['capital_gain', 0.061],
      ['age', 0.048],
      ['education', 0.041],
      ['hours_per_week', 0.02],
      ['credit_line', 0.0092],
      ['workclass', 0.0011],
      ['country', -0.0004],
    ],
    drift: [drifted('age', 0.5), drifted('hours_per_week', 3), drifted('capital_gain', 5.2), drifted('credit_line', 0)],
    champion: true,
  });
};

/** Numbers, refused because the error is too large; the champion cannot be scored. */
export const housePriceRun = (): Promise<ReportFacts> => {
  const random = fractions(2);
  const rows = Array.from({ length: 700 }, () => {
    const rooms = round(6.3 + 0.7 * normal(random), 3);
    const poor = round(Math.max(1.7, 12 + 7 * normal(random)), 2);
    const crime = round(Math.exp(-0.8 + 2 * normal(random)), 5);
    const river = Number(random() < 0.07);
    const price = round(
      Math.min(50, Math.max(5, 22 + 9 * (rooms - 6.3) - 0.55 * (poor - 12) + 3 * river + 2.5 * normal(random))),
      1,
    );
    return { rooms, poor, crime, river, price };
  });
  const lines = rows.map(({ rooms, poor, crime, river, price }) =>
    [crime, river, rooms, random() < 0.1 ? 'NA' : poor, round(18 + 2 * normal(random), 1), price].join(','),
  );
  const held = rows.slice(0, 200);
  const scored = (noise: number): Answers => ({
    problem: 'regression',
    labels: Float64Array.from(held, ({ price }) => price),
    scores: Float64Array.from(
      held,
      ({ rooms, poor, river }) => 22 + 9 * (rooms - 6.3) - 0.55 * (poor - 12) + 3 * river + noise * normal(random),
    ),
  });
  return make({
    name: 'boston-housing',
    file: 'boston-housing.csv',
    target: 'medv',
    objective: 'rmse',
    csv: `crim,chas,rm,lstat,ptratio,medv\n${lines.join('\n')}\n`,
    answers: [scored(0.8), scored(2.2), scored(1.5)],
    baseline: {
      problem: 'regression',
      labels: Float64Array.from(held, ({ price }) => price),
      scores: Float64Array.from(held, () => 22.5),
    },
    slices: [{ column: 'chas', codes: Int32Array.from(held, ({ river }) => river), names: ['0', '1'] }],
    rules: [
      { metric: 'rmse', max: 2.2 },
      { metric: 'r2', min: 0.8 },
    ],
    importance: [
      ['rm', 5.1],
      ['lstat', 2.9],
      ['chas', 0.3],
      ['crim', 0.02],
      ['ptratio', -0.03],
    ],
    drift: [drifted('rm', 0.4), drifted('lstat', 1)],
    champion: false,
  });
};

/** Seven classes. */
export const forestRun = (): Promise<ReportFacts> => {
  const random = fractions(3);
  const kinds = [
    'Aspen',
    'Cottonwood/Willow',
    'Douglas-fir',
    'Krummholz',
    'Lodgepole Pine',
    'Ponderosa Pine',
    'Spruce/Fir',
  ];
  const rows = Array.from({ length: 3000 }, () => {
    const kind = Math.floor(random() ** 0.8 * kinds.length);
    return {
      kind,
      elevation: round(2200 + 170 * kind + 190 * normal(random)),
      slope: round(Math.abs(14 + 8 * normal(random))),
    };
  });
  const lines = rows.map(({ kind, elevation, slope }) =>
    [elevation, slope, pick(random, ['Rawah', 'Neota', 'Comanche Peak', 'Cache la Poudre']), kinds[kind]].join(','),
  );
  const held = rows.slice(0, 600);
  const scored = (sharpness: number): Answers => ({
    problem: 'multiclass',
    labels: Float64Array.from(held, ({ kind }) => kind),
    scores: Float64Array.from(
      held.flatMap(({ elevation }) => {
        const own = kinds.map((_, kind) =>
          Math.exp(-sharpness * ((elevation - 2200 - 170 * kind) / 190) ** 2 + 0.4 * normal(random)),
        );
        const sum = own.reduce((a, b) => a + b, 0);
        return own.map((value) => value / sum);
      }),
    ),
  });
  return make({
    name: 'forest-cover',
    file: 'covtype-2026-11.csv',
    target: 'cover',
    objective: 'accuracy',
    csv: `elevation,slope,area,cover\n${lines.join('\n')}\n`,
    answers: [scored(0.6), scored(0.05), scored(0.5)],
    baseline: {
      problem: 'multiclass',
      labels: Float64Array.from(held, ({ kind }) => kind),
      scores: Float64Array.from(held.flatMap(() => kinds.map((_, kind) => (kind === 6 ? 0.16 : 0.14)))),
    },
    slices: [],
    rules: [{ metric: 'accuracy', min: 0.4 }],
    importance: [
      ['elevation', 0.33],
      ['slope', 0.004],
      ['area', 0.001],
    ],
    drift: [drifted('elevation', 0.3), drifted('slope', 1.2)],
    champion: true,
  });
};

/** Names that would like to be markup, to turn the line around, or to fill the page. */
export const hostileNames = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "' onmouseover='alert(3)",
  '</style></title></svg><iframe src="https://example.com">',
  '&lt;b&gt; &amp; &#60;script&#62;',
  '\u202eevil\u202c مرحبا עברית',
  `${'long name '.repeat(100)}end`,
  `W${'i'.repeat(900)}`,
  'a\u0000b\u0007c\ud800d',
  'javascript:alert(4)',
  '-->]]><!--',
  '{{constructor}}${1}`',
] as const;

/** The same run with every name and value of the user's replaced by hostile ones. */
export const hostile = (run: ReportFacts): ReportFacts => {
  const known = new Map<string, string>();
  const rename = (name: string) => {
    if (!known.has(name)) known.set(name, `${hostileNames[known.size % hostileNames.length]!}${known.size}`);
    return known.get(name)!;
  };
  const { profile, prepared, plan, verdict } = run;
  return {
    plan: {
      ...plan,
      source: { ...plan.source, key: `drop/x/${hostileNames[3]}`, versionId: hostileNames[1] },
      pipeline: { ...plan.pipeline, name: hostileNames[0] },
      candidates: plan.candidates.map((it) => ({
        ...it,
        hyperparameters: Object.fromEntries(hostileNames.map((name) => [name, name])),
      })),
    },
    prepared: {
      ...prepared,
      target: rename(prepared.target),
      ...(prepared.classes && { classes: prepared.classes.map(rename) }),
      leftOut: prepared.leftOut.map(({ column }) => ({ column: rename(column), reason: hostileNames[0] })),
    },
    ...(profile && {
      profile: {
        ...profile,
        name: hostileNames[4],
        columns: profile.columns.map((column) =>
          column.type === 'numeric'
            ? { ...column, name: rename(column.name) }
            : {
                ...column,
                name: rename(column.name),
                levels: column.levels.map(({ value, rows }) => ({ value: rename(value), rows })),
                dates: { [hostileNames[1]]: 3 },
              },
        ),
        leaks: profile.leaks.map((leak) => ({ ...leak, column: rename(leak.column), reason: hostileNames[6] })),
        suspects: profile.suspects.map(({ column }) => ({ column: rename(column), reason: hostileNames[1] })),
        notes: profile.notes.map((note) => ({ ...note, column: rename(note.column), message: hostileNames[2] })),
      },
    }),
    evaluations: run.evaluations.map(({ evaluation, ...candidate }) => ({
      ...candidate,
      algorithm: hostileNames[1],
      evaluation: {
        ...evaluation,
        gain: { columns: hostileNames.map((feature, place) => ({ feature, gain: place, splits: 1 })) },
        ...(evaluation.confusion && {
          confusion: { ...evaluation.confusion, classes: evaluation.confusion.classes.map(rename) },
        }),
        slices: (evaluation.slices ?? []).map((slice) => ({
          ...slice,
          column: rename(slice.column),
          value: rename(slice.value),
        })),
        importance: hostileNames.map((feature, place) => ({ feature, importance: place / 9, deviation: 0.1 })),
      },
    })),
    verdict: {
      ...verdict,
      summary: `Refused: ${hostileNames.join('; ')}`,
      rules: hostileNames.map((name) => ({ rule: name, passed: false, reason: name })),
    },
    drift: {
      against: hostileNames[0],
      columns: hostileNames.map((column, place) => ({ column, psi: place / 10 })),
    },
  };
};
