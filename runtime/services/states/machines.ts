/** State machines as they are kept, and the definitions their executions run. */
import { createHash } from 'node:crypto';
import { readMachine, type Machine } from '../../asl/machine.ts';
import { AwsError, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import { checkArn } from './names.ts';

export interface MachineRecord {
  arn: string;
  name: string;
  roleArn: string;
  type: 'STANDARD';
  /** Key into the definitions. */
  definition: string;
  /** Absent until the first update. */
  revisionId?: string;
  /** Epoch milliseconds. */
  created: number;
  updated: number;
  tags: Record<string, string>;
}

export interface Machines {
  records: Table<MachineRecord>;
  /** Throws InvalidArn or StateMachineDoesNotExist. */
  find(arn: string): MachineRecord;
  /** Keeps a definition's text and returns its key: running executions keep theirs when the machine is updated or deleted. */
  keep(definition: string): string;
  textOf(key: string): string;
  machineOf(key: string): Machine;
}

/** The tables behind it: `states.machines` by ARN, `states.definitions` by hash of the text. */
export const openMachines = (world: World): Machines => {
  const records = world.store.table<MachineRecord>('states.machines');
  const definitions = world.store.table<string>('states.definitions');
  const read = new Map<string, Machine>();
  const textOf = (key: string) => {
    const text = definitions.get(key);
    if (text === undefined) throw new Error(`The definition ${key} is not kept`);
    return text;
  };
  return {
    records,
    find(arn) {
      const record = records.get(checkArn(arn, 'stateMachine'));
      if (!record) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
      return record;
    },
    keep(definition) {
      const key = createHash('sha256').update(definition).digest('hex');
      if (!definitions.has(key)) definitions.set(key, definition);
      return key;
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
