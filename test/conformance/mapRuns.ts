/** Distributed Map in recorded cases: children in the same engine, objects in memory. */
import type { Engine, World } from '../../runtime/asl/engine.ts';
import type { Execution } from '../../runtime/asl/execution.ts';
import { machineInside, type Machine } from '../../runtime/asl/machine.ts';
import { newProgress, runMap, type MapRunWorld } from '../../runtime/asl/mapRun/runMap.ts';
import type { ChildEnd } from '../../runtime/asl/mapRun/results.ts';
import type { StoredObject } from './recording.ts';

const missing = (what: string) =>
  `The specified ${what} does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuch${what === 'key' ? 'Key' : 'Bucket'})`;

/** Children know their machine by their ARN. */
export const mapRuns = (engine: () => Engine, given: readonly StoredObject[]) => {
  const objects = new Map(given.map(({ Bucket, Key, Body }) => [`${Bucket}/${Key}`, Body]));
  const machines = new Map<string, Machine>();
  const waiting = new Map<string, (execution: Execution) => void>();

  const worldOf = (machine: Machine, parent: Execution): MapRunWorld => ({
    async *read({ bucket, key }) {
      const body = objects.get(`${bucket}/${key}`);
      if (body === undefined)
        throw new Error(missing(given.some(({ Bucket }) => Bucket === bucket) ? 'key' : 'bucket'));
      yield Buffer.from(body);
    },
    parts: () => Promise.reject(new Error('No case reads a Parquet file')),
    async *list({ Bucket, Prefix }) {
      await Promise.resolve();
      for (const { Bucket: bucket, Key, Body } of given) {
        if (bucket === Bucket && Key.startsWith(typeof Prefix === 'string' ? Prefix : ''))
          yield { Etag: '""', Key, LastModified: 0, Size: Body.length, StorageClass: 'STANDARD' };
      }
    },
    write({ bucket, key }, text) {
      objects.set(`${bucket}/${key}`, text);
      return Promise.resolve();
    },
    kept: () => Promise.resolve(undefined),
    keep: () => Promise.resolve(),
    authorize: () => undefined,
    standing: () => 'open',
    endOf: () => Promise.reject(new Error('No case redrives a map run')),
    carryOut: ({ arn, name, machineArn, machineName, input, seed }) =>
      new Promise((resolve) => {
        const identity = { ...parent.identity, arn, name, machineArn, machineName };
        machines.set(arn, machine);
        waiting.set(arn, ({ status, output, error, cause, startedAt, stoppedAt }) =>
          resolve({
            arn,
            name,
            machineArn,
            input,
            output,
            error,
            cause,
            startedAt,
            stoppedAt,
            status: status as ChildEnd['status'],
          }),
        );
        engine().start(machine, identity, input, seed);
      }),
    stop: ({ arn }) => void engine().stop(arn),
  });

  const perform: World['perform'] = (task, execution, tell, signal) => {
    const machine = machines.get(execution.identity.arn);
    const order = task.mapRun;
    if (!machine || !order) return;
    const world = worldOf(machineInside(machine, order.scope), execution);
    void runMap({ machine, execution, task }, order, newProgress(order.limits), world, signal).then(tell);
  };

  return {
    perform,
    /** Tells which machine an execution runs. */
    runs: (arn: string, machine: Machine) => void machines.set(arn, machine),
    closed: (execution: Execution) => waiting.get(execution.identity.arn)?.(execution),
  };
};
