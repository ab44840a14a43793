import type { Principal, World } from '../../operation.ts';
import type { Identity } from '../../asl/execution.ts';

/** Who a machine's tasks call as: its role (or a task's own), in a session named after the execution. */
export const machinePrincipal = (world: World, { name }: Identity, roleArn: string): Principal => {
  const sessionName = name.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return {
    kind: 'role',
    roleArn,
    sessionName,
    arn: `arn:${world.partition}:sts::${world.accountId}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`,
  };
};
