/** Versions of a machine: snapshots of a revision, numbered 1, 2, 3 and never again. */
import { AwsError, type Call } from '../../operation.ts';
import { noMachine, type MachineRecord, type Revision, type VersionRecord } from './machines.ts';
import { checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

const versionLimit = 1000;

/** How the revision is called that a machine was created with. */
export const initialRevision = 'INITIAL';

/** The version of the machine's present revision, published now if it has not been. The caller flushes. */
export const publishVersion = (
  { world, state }: Call<StatesState>,
  machine: MachineRecord,
  description?: string,
): VersionRecord => {
  const { machines } = state;
  const all = machines.versionsOf(machine.arn);
  const existing = all.find(({ revisionId }) => revisionId === machine.revisionId);
  if (existing) return existing;
  if (all.length >= versionLimit)
    throw new AwsError('ServiceQuotaExceededException', `A state machine can have at most ${versionLimit} versions.`);
  const number = (machine.published ?? 0) + 1;
  const { roleArn, definition, revisionId, logging, traced, updated } = machine;
  const version: VersionRecord = {
    arn: `${machine.arn}:${number}`,
    machineArn: machine.arn,
    number,
    roleArn,
    definition,
    ...(revisionId !== undefined && { revisionId }),
    ...(logging && { logging }),
    ...(traced && { traced }),
    ...(description !== undefined && { description }),
    created: world.clock.now(),
    updated,
  };
  machines.versions.set(version.arn, version);
  machines.records.set(machine.arn, { ...machine, published: number });
  return version;
};

export interface Target {
  machine: MachineRecord;
  /** What runs: the version's where one is named or routed to. */
  revision: Revision & { updated: number };
  versionArn?: string;
  aliasArn?: string;
}

/**
 * What a machine's, a version's or an alias's ARN stands for; `draw` (0 ≤ n < 1) decides between the routes of an alias.
 * Throws InvalidArn or StateMachineDoesNotExist.
 */
export const targetOf = ({ machines }: StatesState, arn: string, draw: () => number): Target => {
  checkArn(arn, 'stateMachine');
  const own = machines.records.get(arn);
  if (own) return { machine: own, revision: own };
  const alias = machines.aliases.get(arn);
  const version = machines.versions.get(alias ? routed(alias.routes, draw()) : arn);
  const machine = version && machines.records.get(version.machineArn);
  if (!machine) throw noMachine(arn);
  return { machine, revision: version, versionArn: version.arn, ...(alias && { aliasArn: alias.arn }) };
};

const routed = (routes: readonly { stateMachineVersionArn: string; weight: number }[], draw: number): string => {
  let left = draw * 100;
  for (const { stateMachineVersionArn, weight } of routes) {
    left -= weight;
    if (left < 0) return stateMachineVersionArn;
  }
  return routes.at(-1)?.stateMachineVersionArn ?? '';
};
