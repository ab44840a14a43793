/** Tags of machines. */
import { AwsError, type Call } from '../../operation.ts';
import type { MachineRecord } from './machines.ts';
import type { StatesState } from './statesState.ts';

/** Throws InvalidArn or ResourceNotFound. */
export const taggedMachine = ({ state }: Call<StatesState>, resourceArn: string): MachineRecord => {
  const [, , service, , , kind] = resourceArn.split(':');
  if (service !== 'states' || kind !== 'stateMachine')
    throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${resourceArn}'`);
  const machine = state.machines.records.get(resourceArn);
  if (!machine) throw new AwsError('ResourceNotFound', `Resource not found: '${resourceArn}'`);
  return machine;
};

const tagLimit = 50;

/** Throws TooManyTags. */
export const retag = async (call: Call<StatesState>, machine: MachineRecord, tags: Record<string, string>) => {
  if (Object.keys(tags).length > tagLimit) throw new AwsError('TooManyTags', `A resource has at most ${tagLimit} tags`);
  call.state.machines.records.set(machine.arn, { ...machine, tags });
  await call.world.store.flushed();
};
