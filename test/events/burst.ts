/** Bursts of events over many pipelines, each event delivered thrice and out of order, and what must be true behind them. */
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { eventOf, runOf, type EventWorld, type Made, type Policy } from '../functions/eventWorld.ts';
import { randomFrom } from '../fixtures/random.ts';

const policies: readonly Policy[] = ['parallel', 'queue', 'skip', 'replace'];
const objectsEach = 5;
const deliveriesEach = 3;
const burstSize = 600;
/** Deliveries at once, as Lambda runs them. */
const atOnce = 12;
/** Ends that are heard between two bursts: fewer than runs begin, so that others have to wait. */
const endsBetween = 60;

/** Runs of `replace` last until they are replaced; all others end at once, which is heard later. */
const pipelineNamed = (i: number) => {
  const policy = policies[i % policies.length] ?? 'queue';
  return `${policy === 'replace' ? 'lasting-' : ''}${policy}-burst-${String(i).padStart(2, '0')}`;
};

const policyOf = (pipeline: string): Policy => policies.find((it) => pipeline.includes(it)) ?? 'queue';

export interface BurstOptions {
  /** Of objects; each is told thrice. */
  versions: number;
  pipelines: number;
  seed: number;
}

export interface Burst {
  versions: number;
  deliveries: number;
  /** By policy and outcome. */
  outcomes: Record<string, Record<string, number>>;
  executions: number;
  wrong: string[];
}

interface RunItem {
  runId: string;
  pipeline: string;
  outcome: string;
  startedAt: string;
  gaveWayTo?: string;
}

export const burst = async (world: EventWorld, { versions, pipelines, seed }: BurstOptions): Promise<Burst> => {
  const wrong: string[] = [];
  const names = Array.from({ length: pipelines }, (_, i) => pipelineNamed(i));
  for (const name of names) await world.apply(name, `trigger: { policy: ${policyOf(name)} }`);
  const made = Array.from({ length: versions }, (_, i): Made => {
    const name = names[i % pipelines] ?? '';
    const file = Math.floor(i / pipelines) % objectsEach;
    return { key: `drop/${name}/part ${file}.csv`, versionId: `v${i}`, number: i + 1 };
  });
  const active = watchActive(world, wrong);
  const begun = active.begun;
  const deliveries = shuffledInBursts(made, seed);
  for (let from = 0; from < deliveries.length; from += burstSize) {
    await pooled(deliveries.slice(from, from + burstSize), (it) => world.deliver(eventOf(it)));
    await hear(world, active.ended, endsBetween);
  }
  const items = await settled(world, active.ended);
  active.stop();
  const runs = new Map(
    items.filter(({ sk }) => sk === 'run').map((it) => [String(it['runId']), it as unknown as RunItem]),
  );
  wrong.push(
    ...items
      .filter(({ sk }) => sk === 'active' || String(sk).startsWith('waiting#'))
      .map(({ pk, sk }) => `left: ${String(pk)} ${String(sk)}`),
    ...(await checkExecutions(world, runs)),
    ...checkRuns(made, runs, begun),
  );
  if (runs.size !== versions) wrong.push(`${runs.size} runs of ${versions} versions`);
  const outcomes: Burst['outcomes'] = {};
  for (const { pipeline, outcome } of runs.values()) {
    const tally = (outcomes[policyOf(pipeline)] ??= {});
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  }
  return { versions, deliveries: deliveries.length, outcomes, executions: begun.length, wrong };
};

/** Each version thrice; an event may come as late as the next burst. */
const shuffledInBursts = (made: readonly Made[], seed: number): Made[] => {
  const random = randomFrom(seed);
  return made
    .flatMap((it, i) =>
      Array.from({ length: deliveriesEach }, () => ({ it, at: i * deliveriesEach + random() * burstSize })),
    )
    .toSorted((a, b) => a.at - b.at)
    .map(({ it }) => it);
};

const pooled = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>) => {
  const rest = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of rest) await work(item);
    }),
  );
};

/** Notes which executions begin, in their order, and complains of two of a pipeline at once where there may be one. */
const watchActive = (world: EventWorld, wrong: string[]) => {
  const running = new Map<string, string>();
  const known = new Set<string>();
  const begun: string[] = [];
  const name = 'watchActive';
  world.clients.sfn().middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName !== 'StartExecutionCommand') return answer;
        const { name: runId = '', input = '' } = args.input as { name?: string; input?: string };
        if (known.has(runId)) return answer;
        known.add(runId);
        begun.push(runId);
        const { pipeline } = JSON.parse(input) as { pipeline: string };
        const other = running.get(pipeline);
        if (other !== undefined && policyOf(pipeline) !== 'parallel')
          wrong.push(`${runId} began while ${other} was active`);
        running.set(pipeline, runId);
        return answer;
      },
    { step: 'initialize', name },
  );
  return {
    begun,
    ended: (runId: string) => {
      const pipeline = runId.slice(0, -17);
      if (running.get(pipeline) === runId) running.delete(pipeline);
    },
    stop: () => world.clients.sfn().middlewareStack.remove(name),
  };
};

/** Hears at most so many ends, each twice, as EventBridge may tell it; how many it heard. */
const hear = async (world: EventWorld, ended: (runId: string) => void, most: number): Promise<number> => {
  let heard = 0;
  while (heard < most) {
    const events = await world.ends();
    if (events.length === 0) return heard;
    heard += events.length;
    await Promise.all(
      events.map(async (event) => {
        ended(event.detail.name);
        await world.hear(event);
        await world.hear(event);
      }),
    );
  }
  return heard;
};

/** Hears everything, and stops what lasts, until no run is left that waits or is under way. */
const settled = async (world: EventWorld, ended: (runId: string) => void) => {
  for (let idle = 0; ; idle++) {
    if ((await hear(world, ended, Infinity)) > 0) idle = 0;
    const items = await world.items();
    const pending = items.filter(({ outcome }) => outcome === 'RUNNING' || outcome === 'QUEUED');
    if (pending.length === 0 || idle > 50) return items;
    for (const { runId, pipeline, outcome } of pending)
      if (outcome === 'RUNNING' && policyOf(String(pipeline)) === 'replace') await world.stop(String(runId));
    await new Promise((wake) => setTimeout(wake, 20));
  }
};

const checkExecutions = async (world: EventWorld, runs: ReadonlyMap<string, RunItem>) => {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await world.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: process.env['TRAIN_MACHINE_ARN'], maxResults: 1000, nextToken }),
    );
    names.push(...(page.executions ?? []).map(({ name = '' }) => name));
    ({ nextToken } = page);
  } while (nextToken);
  const ran = new Set(names);
  return [
    ...(ran.size === names.length ? [] : ['an execution is listed twice']),
    ...names.filter((name) => !runs.has(name)).map((name) => `${name} runs and is not in the ledger`),
    ...[...runs.values()]
      .filter(({ runId, outcome }) => ran.has(runId) !== (outcome !== 'SKIPPED'))
      .map(({ runId, outcome }) => `${runId} is ${outcome}, and ${ran.has(runId) ? 'has' : 'has not'} run`),
  ];
};

/** What each policy promises of a run that found another one active, or came late. */
const checkRuns = (made: readonly Made[], runs: ReadonlyMap<string, RunItem>, begun: readonly string[]): string[] => {
  const versionOf = new Map(made.map((it) => [runOf(it), it]));
  const order = new Map(begun.map((runId, place) => [runId, place]));
  const last = new Map(made.map((it) => [it.key.split('/')[1], runOf(it)]));
  const lastBegun = new Map<string, Made>();
  const overtaking = begun.flatMap((runId) => {
    const it = versionOf.get(runId);
    if (!it || policyOf(runId.slice(0, -17)) === 'parallel') return [];
    const before = lastBegun.get(it.key);
    lastBegun.set(it.key, it);
    return before && before.number > it.number ? [`${runId} began after a newer version of its object`] : [];
  });
  const promised: Record<Policy, (run: RunItem) => boolean> = {
    parallel: ({ outcome }) => outcome === 'REGISTERED',
    // Everything runs but an older version of an object of which a newer one has begun.
    queue: ({ outcome, runId, gaveWayTo = '' }) => {
      if (outcome === 'REGISTERED') return true;
      const [own, newer] = [versionOf.get(runId), versionOf.get(gaveWayTo)];
      return outcome === 'SKIPPED' && own?.key === newer?.key && (own?.number ?? 0) < (newer?.number ?? 0);
    },
    skip: ({ outcome, gaveWayTo = '' }) => outcome === 'REGISTERED' || (outcome === 'SKIPPED' && order.has(gaveWayTo)),
    // The newest of all has run, and whatever gave way, gave way to a newer one.
    replace: ({ outcome, runId, pipeline, gaveWayTo }) => {
      if (runId === last.get(pipeline)) return outcome === 'STOPPED' && order.has(runId);
      if (gaveWayTo === undefined) return outcome === 'STOPPED';
      return outcome === 'SKIPPED' && (versionOf.get(runId)?.number ?? 0) < (versionOf.get(gaveWayTo)?.number ?? 0);
    },
  };
  const broken = [...runs.values()]
    .filter((run) => !promised[policyOf(run.pipeline)](run))
    .map(({ runId, outcome, gaveWayTo }) => `${runId} is ${outcome}${gaveWayTo ? ` for ${gaveWayTo}` : ''}`);
  const missing = made.filter((it) => !runs.has(runOf(it))).map((it) => `${it.key} ${it.versionId} is lost`);
  return [...overtaking, ...broken, ...missing];
};
