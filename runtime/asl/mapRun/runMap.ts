/**
 * Carries out the run of a distributed Map state: reads the items, keeps as many children going as may, and gathers what they
 * end with. It can be interrupted at any point and asked for again: a child's name follows from the run and its place, so that
 * the world finds the one that was started before, and the inputs are kept once they were read.
 */
import { createHash } from 'node:crypto';
import type { Outcome } from '../engine.ts';
import { StatesError, tooLarge } from '../errors.ts';
import type { Execution, TaskCommand } from '../execution.ts';
import { withinPayloadLimit, type Json } from '../json.ts';
import { complete } from '../later.ts';
import { stateAt, type Machine } from '../machine.ts';
import { inputOf, type MapItem } from '../states/mapItems.ts';
import { distributedLimit } from '../states/mapLimits.ts';
import { collecting } from '../history.ts';
import type { Run } from '../run.ts';
import { packer, type ChildInput } from './batch.ts';
import type { MapRunLimits, MapRunOrder } from './order.ts';
import { readItems, type ReadItem, type Storage } from './read.ts';
import { transformed, writeResults, type ChildEnd } from './results.ts';

/** How many items or children are in which state. */
export type Counts = Record<
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'timedOut'
  | 'aborted'
  | 'total'
  | 'resultsWritten'
  | 'pendingRedrive'
  | 'failuresNotRedrivable',
  number
>;

/** A run under way, as DescribeMapRun sees it. */
export interface Progress {
  limits: MapRunLimits;
  items: Counts;
  executions: Counts;
  /** ARNs of the children that wait for their redrive. */
  waiting: Set<string>;
  /** To be called after the limits were changed. */
  changed(): void;
}

export interface Child {
  arn: string;
  name: string;
  machineArn: string;
  machineName: string;
  input: Json;
  items: number;
  seed: string;
}

/** What a map run needs of its surroundings. */
export interface MapRunWorld extends Storage {
  /** Inputs kept by an earlier attempt at this run. */
  kept(): Promise<ChildInput[] | undefined>;
  keep(inputs: readonly ChildInput[]): Promise<void>;
  /** Throws StatesError where the run may not start children. */
  authorize(): void;
  /**
   * How a child stands when this attempt at the run begins: `waiting` for its redrive; failed for good (`permanent`), which no
   * redrive changes; or any other way (`open`). Throws StatesError where the run may not redrive one.
   */
  standing(child: Child): 'open' | 'waiting' | 'permanent';
  /** Starts or redrives a child, or finds the one that this attempt had started before; resolves when it has closed. */
  carryOut(child: Child): Promise<ChildEnd>;
  /** How a child that waits for its redrive had ended. */
  endOf(child: Child): Promise<ChildEnd>;
  stop(child: Child): void;
}

const noCounts = (): Counts => ({
  running: 0,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  total: 0,
  resultsWritten: 0,
  pendingRedrive: 0,
  failuresNotRedrivable: 0,
});

export const newProgress = (limits: MapRunLimits): Progress => ({
  limits: { ...limits },
  items: noCounts(),
  executions: noCounts(),
  waiting: new Set(),
  changed: () => undefined,
});

const countOf = { SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

/** Where a run stands: its state's machine and execution, the task it is. */
export interface MapRunSite {
  machine: Machine;
  execution: Execution;
  task: TaskCommand;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

const childOf = ({ execution }: MapRunSite, order: MapRunOrder, index: number, { input, items }: ChildInput): Child => {
  const { region, accountId, machineName } = execution.identity;
  const hex = hashOf(`${execution.random.seed} ${order.arn} ${index}`);
  const uuid = (at: number) =>
    `${hex.slice(at, at + 8)}-${hex.slice(at + 8, at + 12)}-4${hex.slice(at + 13, at + 16)}-a${hex.slice(at + 17, at + 20)}-${hex.slice(at + 20, at + 32)}`;
  const inside = `${machineName.split('/')[0]}/${order.label}`;
  const arn = (kind: string) => `arn:aws:states:${region}:${accountId}:${kind}:${inside}`;
  const name = uuid(0);
  return {
    arn: order.type === 'STANDARD' ? `${arn('execution')}:${name}` : `${arn('express')}:${name}:${uuid(32)}`,
    name,
    machineArn: arn('stateMachine'),
    machineName: inside,
    input,
    items,
    seed: hashOf(`${execution.random.seed} seed ${order.arn} ${index}`).slice(0, 32),
  };
};

/** `$$.Map.Item` */
export const mapItem = (index: number, { key, value, source }: ReadItem): MapItem => ({
  Index: index,
  ...(key !== undefined && { Key: key }),
  Value: value,
  Source: source,
});

/** ItemSelector; randomness is the run's own, so that the execution's stays what its journal says. */
const selector = ({ machine, execution, task }: MapRunSite, order: MapRunOrder) => {
  const thread = execution.threads[task.thread];
  const state = thread && stateAt(machine, thread);
  if (!thread || !state) return undefined;
  const random = { seed: `${execution.random.seed} ${order.arn}`, drawn: 0 };
  const run: Run = {
    machine,
    execution: { ...execution, random },
    now: thread.entered.at,
    history: collecting(thread.entered.at),
    commands: [],
    cancelled: [],
    ready: [],
  };
  return (index: number, item: ReadItem) => complete(inputOf(run, thread, state, mapItem(index, item)));
};

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function* itemsOf(order: MapRunOrder, world: MapRunWorld): AsyncGenerator<ReadItem> {
  if (!order.reader) {
    for (const [index, value] of (order.items ?? []).entries()) {
      const key = order.keys?.[index];
      yield { value, source: 'STATE_DATA', ...(key !== undefined && { key }) };
    }
    return;
  }
  try {
    yield* readItems(world, order.reader);
  } catch (error) {
    throw new StatesError('States.ItemReaderFailed', messageOf(error));
  }
}

/** Of what is read only the inputs that come of it stay in memory. */
const inputsOf = async (site: MapRunSite, order: MapRunOrder, world: MapRunWorld): Promise<ChildInput[]> => {
  const kept = await world.kept();
  if (kept) return kept;
  const selected = selector(site, order);
  if (!selected) return [];
  const packing = packer(order.batcher);
  const children: ChildInput[] = [];
  const add = (inputs: readonly ChildInput[]) => {
    for (const child of inputs) {
      if (!withinPayloadLimit(child.input)) throw tooLarge(site.task.state);
      children.push(child);
    }
  };
  let index = 0;
  for await (const item of itemsOf(order, world)) add(packing.take(await selected(index++, item)));
  add(packing.rest());
  await world.keep(children);
  return children;
};

const exceeded = ({ limits, items }: Progress) => {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = limits;
  const failed = items.failed + items.timedOut;
  const share = items.total === 0 ? 0 : (failed / items.total) * 100;
  // What is not set is zero, and means nothing beside the other one.
  return (failed > count && (count > 0 || percentage === 0)) || (share > percentage && percentage > 0);
};

/** Lets the children run; resolves with how each ended, `PENDING` where it never began. */
const drive = (
  children: readonly Child[],
  progress: Progress,
  world: MapRunWorld,
  signal: AbortSignal,
): Promise<{ ends: ChildEnd[]; failed: boolean }> =>
  new Promise((resolve, reject) => {
    const ends: ChildEnd[] = children.map(({ arn, name, machineArn, input }) => ({
      arn,
      name,
      machineArn,
      input,
      status: 'PENDING',
    }));
    const running = new Map<number, Child>();
    let next = 0;
    let over = false;
    let failed = false;
    let finishing = false;
    const stopAll = () => {
      over = true;
      for (const child of running.values()) world.stop(child);
    };
    const count = ({ items }: Child, key: keyof Counts, by: number) => {
      progress.executions[key] += by;
      progress.items[key] += by * items;
    };
    const noLongerWaiting = (child: Child) => {
      if (progress.waiting.delete(child.arn)) count(child, 'pendingRedrive', -1);
    };
    for (const [child, standing] of children.map((child) => [child, world.standing(child)] as const)) {
      if (standing === 'permanent') count(child, 'failuresNotRedrivable', 1);
      if (standing !== 'waiting') continue;
      progress.waiting.add(child.arn);
      count(child, 'pendingRedrive', 1);
    }
    const ended = (index: number, child: Child, end: ChildEnd) => {
      ends[index] = end;
      if (end.status !== 'PENDING') count(child, countOf[end.status], 1);
    };
    const closed = (index: number, child: Child, end: ChildEnd) => {
      running.delete(index);
      count(child, 'running', -1);
      ended(index, child, end);
      if (!over && exceeded(progress)) {
        failed = true;
        stopAll();
      }
      pump();
    };
    /** Children that nobody came to redrive any more stay as they were. */
    const finish = async () => {
      if (finishing) return;
      finishing = true;
      for (const [index, child] of children.entries()) {
        if (!progress.waiting.has(child.arn)) continue;
        const end = await world.endOf(child);
        noLongerWaiting(child);
        ended(index, child, end);
      }
      resolve({ ends, failed });
    };
    const mayStart = () =>
      !over &&
      next < children.length &&
      running.size < Math.min(progress.limits.maxConcurrency || distributedLimit, distributedLimit);
    const pump = () => {
      while (mayStart()) {
        const index = next++;
        const child = children[index];
        if (!child) break;
        running.set(index, child);
        noLongerWaiting(child);
        count(child, 'running', 1);
        world.carryOut(child).then((end) => closed(index, child, end), reject);
      }
      if (running.size === 0 && (over || next >= children.length)) finish().catch(reject);
    };
    progress.changed = () => {
      if (!over && exceeded(progress)) {
        failed = true;
        stopAll();
      }
      pump();
    };
    signal.addEventListener('abort', stopAll, { once: true });
    if (signal.aborted) over = true;
    pump();
  });

const results = async (order: MapRunOrder, world: MapRunWorld, ends: readonly ChildEnd[]): Promise<Json> => {
  const { writer } = order;
  if (!writer?.destination) return transformed(ends, writer?.transformation ?? 'COMPACT');
  try {
    return await writeResults(world, order, writer, writer.destination, ends);
  } catch (error) {
    throw new StatesError('States.ResultWriterFailed', messageOf(error));
  }
};

/** Runs the map; what it resolves to answers the task. */
export const runMap = async (
  site: MapRunSite,
  order: MapRunOrder,
  progress: Progress,
  world: MapRunWorld,
  signal: AbortSignal,
): Promise<Outcome> => {
  try {
    world.authorize();
    const inputs = await inputsOf(site, order, world);
    progress.executions.total = inputs.length;
    progress.items.total = inputs.reduce((sum, { items }) => sum + items, 0);
    const children = inputs.map((input, i) => childOf(site, order, i, input));
    const { ends, failed } = await drive(children, progress, world, signal);
    const output = await results(order, world, ends);
    for (const counts of [progress.items, progress.executions]) {
      if (order.writer?.destination) counts.resultsWritten = counts.succeeded + counts.failed + counts.timedOut;
    }
    if (!failed) return { kind: 'succeeded', output };
    throw new StatesError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { kind: 'failed', error: error.error, cause: error.explanation };
  }
};
