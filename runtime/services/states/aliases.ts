/** Aliases: names that route executions to one or two versions of a machine. */
import * as z from 'zod';
import { AwsError } from '../../operation.ts';
import type { AliasRecord } from './machines.ts';
import { checkArn } from './names.ts';
import type { StatesState } from './statesState.ts';

export const aliasDescription = z.string().max(256);

/** Not all digits: that would be a version. */
export const aliasName = z
  .string()
  .min(1)
  .max(80)
  // The escapes are in the pattern that AWS shows.
  // oxlint-disable-next-line no-useless-escape
  .regex(/^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$/);

const route = z.strictObject({ stateMachineVersionArn: z.string().min(1).max(256), weight: z.int().min(0).max(100) });

const most = 2;

/** As AWS shows a list that is too long. */
const shown = (routes: readonly z.infer<typeof route>[]) =>
  routes
    .map(
      ({ stateMachineVersionArn, weight }) =>
        `RoutingConfigurationListItem(stateMachineVersionArn=${stateMachineVersionArn}, weight=${weight})`,
    )
    .join(', ');

/** That there are at most two is checked by hand: AWS shows the whole list then. */
export const routingConfiguration = z.array(route).min(1);

const refused = (message: string) => new AwsError('ValidationException', message);

/** The machine that the routes lead to. Throws ValidationException. */
export const checkRoutes = ({ machines }: StatesState, routes: readonly z.infer<typeof route>[]): string => {
  if (routes.length > most) {
    throw refused(
      `1 validation error detected: Value '[${shown(routes)}]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    );
  }
  const arns = routes.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  const received = `Received: [${arns.join(', ')}]`;
  if (new Set(arns).size < arns.length)
    throw refused(`Routing configuration must contain distinct state machine version ARNs. ${received}`);
  const weights = routes.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100)
    throw refused(`Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`);
  const versions = arns.map((it) => machines.versions.get(it));
  const [first] = versions;
  if (!first || versions.includes(undefined))
    throw refused(`Routing configuration must contain state machine version ARNs. ${received}`);
  if (versions.some((it) => it?.machineArn !== first.machineArn))
    throw refused(`Routing configuration must contain versions of one state machine. ${received}`);
  return first.machineArn;
};

/** Throws InvalidArn or ResourceNotFound. */
export const findAlias = ({ machines }: StatesState, aliasArn: string): AliasRecord => {
  const alias = machines.aliases.get(checkArn(aliasArn, 'stateMachine'));
  if (!alias) throw new AwsError('ResourceNotFound', 'Request references a resource that does not exist.');
  return alias;
};

/** IAM knows an alias by the machine it belongs to. */
export const machineOfAlias = (aliasArn: string) => aliasArn.split(':').slice(0, 7).join(':');
