/** AWS Security Token Service: who am I, and becoming a role. */
import type { ServiceFactory } from '../../operation.ts';
import { assumeRole } from './assumeRole.ts';
import { getCallerIdentity } from './getCallerIdentity.ts';

export const sts: ServiceFactory = () => ({
  name: 'sts',
  protocol: 'awsQuery',
  operations: { AssumeRole: assumeRole, GetCallerIdentity: getCallerIdentity },
  state: {},
});
