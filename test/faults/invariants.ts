/** What must be true of a pipeline when everything is over, whatever went wrong. */
import { endpointName, modelPackageGroupName, runIdOf } from '../../spec/names.ts';
import { hasFacts, requestViolations } from '../fixtures/apiConstraints.ts';
import { openExecutions } from './settled.ts';
import type { Stage } from './stage.ts';
import type { Seen } from './watch.ts';

type Value = { S?: string; N?: string; BOOL?: boolean; M?: Record<string, Value> };
type Item = Record<string, Value>;

/** All that the ledger holds of a cell. */
export const itemsOf = async ({ world, pipeline }: Stage): Promise<Item[]> => {
  const items: Item[] = [];
  let from: unknown;
  do {
    const page = await world.call<{ Items: Item[]; LastEvaluatedKey?: unknown }>('dynamodb', 'Scan', {
      TableName: world.connection.outputs['LedgerName'],
      ...(from !== undefined && { ExclusiveStartKey: from }),
    });
    items.push(...page.Items);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items.filter((item) => item['pk']?.S?.includes(pipeline));
};

/** A lock that lapses by itself so soon (ms) is not held for ever. */
const longestLease = 150_000;

const resting = ['Completed', 'Failed', 'Stopped', 'InService', 'OutOfService'];

/** Jobs that still run. */
const leftJobs = ({ world, pipeline }: Stage): string[] => {
  const ours = <T>(all: T[], nameOf: (it: T) => string, statusOf: (it: T) => string) =>
    all
      .filter((it) => nameOf(it).startsWith(pipeline) && !resting.includes(statusOf(it)))
      .map((it) => `${nameOf(it)} is ${statusOf(it)}`);
  const { trainingJobs, transformJobs, endpoints } = world.jobs;
  return [
    ...ours(
      trainingJobs.values(),
      (it) => it.TrainingJobName,
      (it) => it.TrainingJobStatus,
    ),
    ...ours(
      transformJobs.values(),
      (it) => it.TransformJobName,
      (it) => it.TransformJobStatus,
    ),
    ...ours(
      endpoints.values(),
      (it) => it.EndpointName,
      (it) => it.EndpointStatus,
    ),
  ];
};

/** Locks that are held for longer than `lease` ms, and turns of runs that never give them up. */
const leftLocks = ({ world }: Stage, items: readonly Item[], lease: number): string[] => [
  ...items
    .filter(({ sk, lapses }) => sk?.S === 'lock' && !(Number(lapses?.N) - world.time.clock.now() < lease))
    .map((item) => `the lock is held by ${item['runId']?.S}`),
  ...items
    .filter(({ sk }) => /^(?:active|waiting)/.test(sk?.S ?? ''))
    .map(({ sk, request }) => `${request?.M?.['runId']?.S ?? 'somebody'} is ${sk?.S} for ever`),
];

/** What the API of SageMaker does not allow. */
const disallowed = (seen: readonly Seen[]): string[] => {
  if (!hasFacts) return [];
  const found = seen.flatMap(({ call, input }) => {
    const [service, operation = ''] = call.split('.');
    return service === 'sagemaker' ? requestViolations(operation, input) : [];
  });
  return [...new Set(found)];
};

/** An effect that must come once: what it is called by. */
const unique: Readonly<Record<string, (input: Record<string, unknown>) => unknown>> = {
  'sagemaker.CreateTrainingJob': (it) => it['TrainingJobName'],
  'sagemaker.CreateTransformJob': (it) => it['TransformJobName'],
  'sagemaker.CreateModel': (it) => it['ModelName'],
  'sagemaker.CreateEndpoint': (it) => it['EndpointName'],
  // A run that was redriven ends again, and says so.
  'sns.Publish': (it) =>
    [
      it['Subject'],
      ...[/"runId": ?"([^"]+)"/, /"redrives": ?(\d+)/].map((of) => of.exec(String(it['Message']))?.[1]),
    ].join(' '),
};

const doubled = (seen: readonly Seen[]): string[] => {
  const names = seen.flatMap(({ call, input, effective }) =>
    effective && unique[call] ? [`${call} ${String(unique[call](input))}`] : [],
  );
  return [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map((name) => `twice: ${name}`);
};

/** Versions of a model by run, for a version has no name of ours. */
const doubledVersions = ({ world, pipeline }: Stage): string[] => {
  const group = modelPackageGroupName('sluice-dev', pipeline);
  const ours = world.jobs.modelPackages.values().filter((it) => it.ModelPackageGroupName === group);
  const runs = ours.map((it) => it.ModelPackageDescription);
  return runs.filter((run, at) => runs.indexOf(run) < at).map((run) => `two versions of ${run}`);
};

const runsIn = (items: readonly Item[]) => items.filter(({ pk, sk }) => pk?.S?.startsWith('run#') && sk?.S === 'run');
const idOf = (run: Item) => run['pk']?.S?.slice('run#'.length) ?? '';

/** The run that an event was given up of. */
const buriedRun = (pipeline: string, letter: string): string => {
  const { requestPayload: event } = JSON.parse(letter) as { requestPayload?: DropEvent };
  const { bucket, object } = event?.detail ?? {};
  return runIdOf(pipeline, bucket?.name ?? '', object?.key ?? '', object?.['version-id'] ?? '', '');
};

interface DropEvent {
  detail?: { bucket?: { name: string }; object?: { key: string; 'version-id'?: string } };
}

/** Every drop has a run, or is kept among the dead letters, and every run has ended, with a cause where it failed, and was told. */
const untold = (stage: Stage, items: readonly Item[], publishes: readonly Seen[]): string[] => {
  const runs = runsIn(items);
  const buried = new Set(stage.cell.deadLetters.map((letter) => buriedRun(stage.pipeline, letter)));
  return [
    ...stage.runIds
      .filter((runId) => !buried.has(runId) && !runs.some((run) => idOf(run) === runId))
      .map((runId) => `${runId}: the drop has no run and is kept nowhere`),
    ...runs.flatMap((run) => {
      const runId = idOf(run);
      const outcome = run['outcome']?.S ?? '';
      const summary = run['summary']?.S ?? '';
      const told = publishes.some(({ input }) => String(input['Message']).includes(runId));
      // What is skipped, or stopped while it waits, sends no notification (docs/pipeline.md).
      const hasBegun = !/^(?:SKIPPED|STOPPED)$/.test(outcome) || stage.cell.entered.some(({ name }) => name === runId);
      const hasEnded = outcome !== 'RUNNING' && outcome !== 'QUEUED';
      return [
        ...(hasEnded ? [] : [`${runId}: the ledger says ${outcome}`]),
        ...(hasEnded && !/\w{3}/.test(summary) ? [`${runId}: ${outcome} without a cause`] : []),
        ...(!told && hasBegun && stage.cell.order?.call !== 'sns.Publish'
          ? [`${runId}: ${outcome}, and nobody was told`]
          : []),
      ];
    }),
  ];
};

/** The endpoint serves what the ledger calls the champion, and beside it what the ledger says. */
const astray = ({ world, pipeline }: Stage, items: readonly Item[]): string[] => {
  const champion = items.find(({ sk }) => sk?.S === 'champion')?.['champion']?.M;
  const endpoint = world.jobs.endpoints.get(endpointName('sluice-dev', pipeline));
  const current = endpoint?.EndpointStatus === 'Deleting' ? undefined : endpoint?.current;
  const wanted = champion?.['endpointConfigName'] && [
    champion['endpointConfigName'].S,
    champion['runId']?.S,
    champion['beside']?.M?.['runId']?.S,
  ];
  const serving = current && [current.EndpointConfigName, ...current.variants.map(({ VariantName }) => VariantName)];
  const told = (names: readonly unknown[] = []) => names.filter(Boolean).join(' with ') || 'nothing';
  return told(wanted) === told(serving)
    ? []
    : [`the endpoint serves ${told(serving)}, the ledger says ${told(wanted)}`];
};

/** What a run that was stopped has left: jobs, a lock, or a ledger that does not say how it ended. */
export const leftOfRun = async (stage: Stage): Promise<string[]> => {
  const items = await itemsOf(stage);
  const publishes = stage.cell.seen.filter(({ call, effective }) => call === 'sns.Publish' && effective);
  return [...leftJobs(stage), ...leftLocks(stage, items, 0), ...untold(stage, items, publishes)];
};

/** What is wrong with a cell when all is over. */
export const violations = async (stage: Stage): Promise<string[]> => {
  const { seen } = stage.cell;
  const items = await itemsOf(stage);
  const publishes = seen.filter(({ call, effective }) => call === 'sns.Publish' && effective);
  return [
    ...leftJobs(stage),
    ...openExecutions(stage).map(({ identity, status }) => `execution ${identity.name} is ${status}`),
    ...leftLocks(stage, items, longestLease),
    ...doubled(seen),
    ...disallowed(seen),
    ...doubledVersions(stage),
    ...untold(stage, items, publishes),
    ...astray(stage, items),
  ];
};

/** How each run of a cell ended, in the ledger's words. */
export const outcomesOf = async (stage: Stage) =>
  runsIn(await itemsOf(stage))
    .toSorted((a, b) => (a['startedAt']?.S ?? '').localeCompare(b['startedAt']?.S ?? ''))
    .map((run) => ({ runId: idOf(run), outcome: run['outcome']?.S ?? '', summary: run['summary']?.S ?? '' }));
