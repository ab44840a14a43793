/** Our own machine, from a dropped file to a deployed model, killed again and again beside runs that are left in peace. */
import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canonicalHistory, canonicalText } from './canonical.ts';
import { checkEffects, checkHistories, type Checked } from './checks.ts';
import { endInPeace, killAndSurvive, type Deaths } from './drive.ts';
import type { Product, Report, ReportedExecution } from './order.ts';
import { kindOf, kinds, pipelineOf } from './trainPipelines.ts';

/** Packaging takes seconds; the test run has done it (scripts/testSetup.mjs), and so does `npm run test:crash`. */
const givePackage = (dataDir: string) => {
  mkdirSync(dataDir, { recursive: true });
  cpSync(resolve('.sluice', 'test', 'package'), join(dataDir, 'package'), { recursive: true });
};

/** Executions are called after their run (with a suffix of their own), runs after their pipeline. */
const runOf = ({ name }: ReportedExecution) => name.replace(/(?<=-[0-9a-f]{16})-\w+$/, '');
const pipelineOfRun = (run: string) => run.slice(0, -17);
const namesOf = (execution: ReportedExecution) => [runOf(execution), pipelineOfRun(runOf(execution))];

/** `registered candidate -c0`: the part an execution plays. */
const partOf = (execution: ReportedExecution) => {
  const run = runOf(execution);
  return `${kindOf(pipelineOfRun(run))} ${execution.machine} ${execution.name.slice(run.length)}`.trim();
};

/** A job may end before the function that waits for it has answered, crash or none: then nothing was submitted, only succeeded. */
const racing = ['TaskSubmitted'];

/** A pipeline that was killed so often is left to end beside the next one. */
const killsEach = 4;
/** Endpoints stay: after so many pipelines a new data folder makes the lives short again. */
const killsPerFolder = 40;

/** Kills the product's world and checks what it has become. */
export const crashTrain = async (entry: string, folder: string, deaths: Deaths): Promise<Checked> => {
  const calm = join(folder, 'calmTrain');
  givePackage(calm);
  const begin = kinds.map((kind) => pipelineOf(kind, 0));
  const expected = await endInPeace(entry, { world: 'train', dataDir: calm, begin });
  const folders = Math.max(1, Math.round((deaths.perPoint * 12 + deaths.atRandom) / killsPerFolder));
  const parts: Checked[] = [checkCalm(expected)];
  for (let i = 0; i < folders; i++) {
    const share = (of: number) => Math.floor((of * (i + 1)) / folders) - Math.floor((of * i) / folders);
    const { perPoint, atRandom } = deaths;
    const these = { ...deaths, perPoint: share(perPoint), atRandom: share(atRandom) };
    parts.push(await crashFolder(entry, join(folder, `killedTrain${i}`), these, expected));
  }
  return parts.reduce(joined);
};

const crashFolder = async (entry: string, dataDir: string, deaths: Deaths, expected: Report): Promise<Checked> => {
  givePackage(dataDir);
  const begun: string[] = [];
  let lives = 0;
  const { report, kills } = await killAndSurvive(entry, {
    ...deaths,
    world: 'train',
    dataDir,
    mostNth: 4,
    longestLife: 2500,
    // Nothing here waits for time but for a job that says nothing for 15 minutes, or for a service that failed.
    unreachable: ['timer.fired'],
    begins: (idle) => {
      const kind = kinds[begun.length % kinds.length];
      if (kind && (idle || lives++ % killsEach === killsEach - 1)) begun.push(pipelineOf(kind, begun.length + 1));
      return begun;
    },
    owed: () => begun,
  });
  const differences = [...checkParts(expected, report, begun), ...checkAllHistories(expected, report)];
  const { tokens, repeated, wrong } = checkEffects(dataDir);
  return {
    kills,
    executions: report.executions.length,
    differences: differences.length,
    tokens,
    repeated,
    wrong: [...differences, ...wrong, ...checkProducts(expected, report, begun)],
  };
};

const joined = (a: Checked, b: Checked): Checked => ({
  kills: Object.fromEntries(
    [...new Set([...Object.keys(a.kills), ...Object.keys(b.kills)])].map((point) => [
      point,
      (a.kills[point] ?? 0) + (b.kills[point] ?? 0),
    ]),
  ),
  executions: a.executions + b.executions,
  differences: a.differences + b.differences,
  tokens: a.tokens + b.tokens,
  repeated: a.repeated + b.repeated,
  wrong: [...a.wrong, ...b.wrong],
});

/** What the others are compared with must be as it should be. */
const checkCalm = ({ executions, products }: Report): Checked => {
  const outcome: Record<string, string> = { batch: 'DEPLOYED', endpoint: 'DEPLOYED', registered: 'REGISTERED' };
  const wrong = [
    ...executions
      .filter(({ status }) => status !== 'SUCCEEDED')
      .map(({ arn, status }) => `${arn}: ${status}, in peace`),
    ...Object.entries(products).flatMap(([pipeline, product]) => {
      const kind = kindOf(pipeline);
      const { runs, champion, lock, endpoints, messages, toldAgain } = product;
      const asWanted =
        runs.length === 1 &&
        JSON.stringify(runs).includes(`"${outcome[kind] ?? 'REFUSED'}"`) &&
        (champion !== null) === (kind === 'endpoint' || kind === 'batch') &&
        lock === null &&
        endpoints.length > 0 === (kind === 'endpoint') &&
        messages.length === 1 &&
        toldAgain === 0;
      return asWanted ? [] : [`${pipeline}, in peace: ${JSON.stringify(product)}`];
    }),
  ];
  return { kills: {}, executions: 0, differences: 0, tokens: 0, repeated: 0, wrong };
};

/** Each run has exactly the executions that its kind has in peace. */
const checkParts = (expected: Report, { executions }: Report, begun: readonly string[]): string[] =>
  begun.flatMap((pipeline) => {
    const partsOf = (all: readonly ReportedExecution[], of: string) =>
      all.filter((it) => pipelineOfRun(runOf(it)) === of).map((it) => `${partOf(it)} ${it.status}`);
    const wanted = partsOf(expected.executions, pipelineOf(kindOf(pipeline), 0)).toSorted();
    const found = partsOf(executions, pipeline).toSorted();
    return found.join() === wanted.join()
      ? []
      : [`${pipeline}: executions ${found.join(', ')}; in peace ${wanted.join(', ')}`];
  });

const checkAllHistories = (expected: Report, { executions }: Report): string[] =>
  expected.executions.flatMap((first) => {
    const found = executions.filter((it) => partOf(it) === partOf(first));
    return checkHistories(canonicalHistory(first, namesOf(first), racing), found, namesOf, racing);
  });

/** Jobs, models, champion, endpoint, notification, predictions: all as in peace, nothing twice, nothing left. */
const checkProducts = (expected: Report, { products }: Report, begun: readonly string[]): string[] =>
  begun.flatMap((pipeline) => {
    const wanted = canonicalProduct(pipelineOf(kindOf(pipeline), 0), expected);
    const found = canonicalProduct(pipeline, { products });
    return found === wanted ? [] : [`${pipeline}: another product\n  expected: ${wanted}\n  found:    ${found}`];
  });

const canonicalProduct = (pipeline: string, { products }: Pick<Report, 'products'>) => {
  const product: Partial<Product> = { ...products[pipeline] };
  delete product.toldAgain;
  const text = JSON.stringify(product);
  return canonicalText(text.replaceAll(new RegExp(`${pipeline}-[0-9a-f]{16}`, 'g'), '<name>'), [pipeline]);
};
