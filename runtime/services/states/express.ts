/**
 * Express executions: the same engine without a journal. What AWS promises of them is kept with less: a synchronous one runs at
 * most once and dies with the process; the start of an asynchronous one is written down, so that after a crash it runs again
 * from its beginning (at least once). None can be described, stopped or read back; their log is their history. Only of those that
 * a map run dispatched the journal knows how they began and ended.
 */
import type { Table } from '../../journal/store.ts';
import { createEngine, type World as EngineWorld } from '../../asl/engine.ts';
import type { Execution, Identity } from '../../asl/execution.ts';
import { collected, type Entry } from '../../asl/journal.ts';
import type { Json } from '../../asl/json.ts';
import type { Machine } from '../../asl/machine.ts';
import type { World } from '../../operation.ts';
import { measureEnd, measureStart } from './executionMetrics.ts';
import type { LoggingConfiguration } from './configuration.ts';
import type { MachineRecord, Machines, Revision } from './machines.ts';

/** The child of a map run: the run starts it again after a crash. */
export interface ExpressChild {
  machine: Machine;
  identity: Identity;
  logging: LoggingConfiguration | undefined;
  input: Json;
  seed: string;
  /** Sees every entry as it happens. */
  seen: (entry: Entry) => void;
}

/** The start of an asynchronous execution that has not ended. */
interface Begun {
  identity: Identity;
  definition: string;
  logging?: LoggingConfiguration;
  input: Json;
}

export interface Express {
  /** Runs a machine in memory; resolves when the execution has closed, never when the runtime stops first. */
  run(machine: MachineRecord, revision: Revision, name: string, input: Json): Promise<Execution>;
  /** Begins to run a machine once its start would survive a crash. */
  begin(machine: MachineRecord, revision: Revision, name: string, input: Json): Promise<Execution>;
  /** Runs a child of a map run; resolves when it has closed, never when the runtime stops first. */
  runChild(child: ExpressChild): Promise<Execution>;
  start(): void;
  close(): Promise<void>;
}

/** `told` sees every entry of every execution as it happens. */
export const openExpress = (
  world: World,
  machines: Machines,
  engineWorld: Pick<EngineWorld, 'perform' | 'report'>,
  told: (identity: Identity, logging: LoggingConfiguration | undefined, entry: Entry) => void,
): Express => {
  const begun: Table<Begun> = world.store.table<Begun>('states.express');
  const ends = new Map<string, (execution: Execution) => void>();
  const open = new Map<string, Pick<Begun, 'identity' | 'logging'> & Partial<Pick<ExpressChild, 'seen'>>>();
  const engine = createEngine({
    ...engineWorld,
    clock: world.clock,
    journal: {
      open: (arn, at) =>
        collected(at, (entry) => {
          const it = open.get(arn);
          if (it) told(it.identity, it.logging, entry);
          it?.seen?.(entry);
        }),
      flushed: () => Promise.resolve(),
      async *entries() {},
    },
    closed(execution) {
      const { arn, machineArn } = execution.identity;
      measureEnd(world, machineArn, execution);
      open.delete(arn);
      if (begun.has(arn)) begun.delete(arn);
      ends.get(arn)?.(execution);
      ends.delete(arn);
    },
  });

  const started = (it: Begun) => {
    const { arn } = it.identity;
    open.set(arn, it);
    measureStart(world, it.identity.machineArn);
    return engine.start(machines.machineOf(it.definition), it.identity, it.input, world.ids.hex(16)).execution;
  };

  /** Every start has its own identity, whatever its name. */
  const asBegun = (
    machine: MachineRecord,
    { roleArn, definition, logging }: Revision,
    name: string,
    input: Json,
  ): Begun => ({
    identity: {
      arn: `arn:${world.partition}:states:${world.region}:${world.accountId}:express:${machine.name}:${name}:${world.ids.uuid()}`,
      name,
      machineArn: machine.arn,
      machineName: machine.name,
      roleArn,
      accountId: world.accountId,
      region: world.region,
      type: 'EXPRESS',
    },
    definition,
    ...(logging && { logging }),
    input,
  });

  return {
    run(...given) {
      const it = asBegun(...given);
      return new Promise((resolve) => {
        ends.set(it.identity.arn, resolve);
        started(it);
      });
    },
    async begin(...given) {
      const it = asBegun(...given);
      begun.set(it.identity.arn, it);
      await world.store.flushed();
      return started(it);
    },
    runChild({ machine, identity, logging, input, seed, seen }) {
      return new Promise((resolve) => {
        ends.set(identity.arn, resolve);
        open.set(identity.arn, { identity, ...(logging && { logging }), seen });
        measureStart(world, identity.machineArn);
        engine.start(machine, identity, input, seed);
      });
    },
    start() {
      for (const it of begun.values()) started(it);
    },
    async close() {
      engine.close();
      await engine.idle();
    },
  };
};
