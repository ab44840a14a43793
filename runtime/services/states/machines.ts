/** State machines, their versions and aliases as they are kept, and the definitions their executions run. */
import { createHash } from 'node:crypto';
import { readMachine, type Machine } from '../../asl/machine.ts';
import { AwsError, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import type { LoggingConfiguration } from './configuration.ts';
import { checkArn } from './names.ts';

/** What an execution runs by: of a machine as it is now, or of a version. */
export interface Revision {
  roleArn: string;
  /** Key into the definitions. */
  definition: string;
  /** Absent until the first update. */
  revisionId?: string;
  /** Absent: off. */
  logging?: LoggingConfiguration;
  /** X-Ray tracing is on. */
  traced?: boolean;
}

export interface MachineRecord extends Revision {
  arn: string;
  name: string;
  type: 'STANDARD' | 'EXPRESS';
  /** Epoch milliseconds. */
  created: number;
  updated: number;
  tags: Record<string, string>;
  /** Number of the version published last. */
  published?: number;
  /** What CreateStateMachine was told besides, for its idempotency. */
  createdWith?: { publish: boolean; versionDescription?: string | undefined };
}

export interface VersionRecord extends Revision {
  arn: string;
  machineArn: string;
  number: number;
  description?: string;
  created: number;
  /** When the machine was last changed before. */
  updated: number;
}

export interface AliasRecord {
  arn: string;
  machineArn: string;
  name: string;
  description?: string | undefined;
  routes: { stateMachineVersionArn: string; weight: number }[];
  created: number;
  updated: number;
}

export interface Machines {
  records: Table<MachineRecord>;
  versions: Table<VersionRecord>;
  aliases: Table<AliasRecord>;
  /** A machine by its own ARN. Throws InvalidArn or StateMachineDoesNotExist. */
  find(arn: string): MachineRecord;
  versionsOf(machineArn: string): VersionRecord[];
  aliasesOf(machineArn: string): AliasRecord[];
  /** Keeps a definition's text and returns its key: running executions keep theirs when the machine is updated or deleted. */
  keep(definition: string): string;
  /** Forgets the definitions that no machine, no version and none of these uses has. */
  discard(used: ReadonlySet<string>): void;
  textOf(key: string): string;
  machineOf(key: string): Machine;
}

export const noMachine = (arn: string) =>
  new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);

/**
 * The tables behind it: `states.machines`, `states.versions` and `states.aliases` by ARN, `states.definitions` by hash of the
 * text.
 */
export const openMachines = (world: World): Machines => {
  const records = world.store.table<MachineRecord>('states.machines');
  const versions = world.store.table<VersionRecord>('states.versions');
  const aliases = world.store.table<AliasRecord>('states.aliases');
  const definitions = world.store.table<string>('states.definitions');
  const read = new Map<string, Machine>();
  const textOf = (key: string) => {
    const text = definitions.get(key);
    if (text === undefined) throw new Error(`The definition ${key} is not kept`);
    return text;
  };
  return {
    records,
    versions,
    aliases,
    find(arn) {
      const record = records.get(checkArn(arn, 'stateMachine'));
      if (!record) throw noMachine(arn);
      return record;
    },
    versionsOf: (machineArn) => [...versions.values()].filter((it) => it.machineArn === machineArn),
    aliasesOf: (machineArn) => [...aliases.values()].filter((it) => it.machineArn === machineArn),
    keep(definition) {
      const key = createHash('sha256').update(definition).digest('hex');
      if (!definitions.has(key)) definitions.set(key, definition);
      return key;
    },
    discard(used) {
      const current = new Set([...records.values(), ...versions.values()].map(({ definition }) => definition));
      for (const key of definitions.keys()) if (!used.has(key) && !current.has(key)) definitions.delete(key);
    },
    textOf,
    machineOf(key) {
      const known = read.get(key);
      if (known) return known;
      const machine = readMachine(textOf(key));
      read.set(key, machine);
      return machine;
    },
  };
};
