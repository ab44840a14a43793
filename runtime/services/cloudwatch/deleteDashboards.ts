import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';
import { dashboardArn, dashboardName } from './grammar.ts';

/** Deletes all of the dashboards, or none when one of them is not there. */
export const deleteDashboards = operation({
  input: z.strictObject({ DashboardNames: z.array(dashboardName).min(1).max(100) }),
  needs: ({ DashboardNames }, { world }) =>
    DashboardNames.map((name) => ({ action: 'cloudwatch:DeleteDashboards', resource: dashboardArn(world, name) })),
  async run({ DashboardNames }, { world, state }: Call<CloudWatch>) {
    const absent = DashboardNames.find((name) => !state.dashboards.has(name));
    if (absent !== undefined) throw failure('DashboardNotFoundError', `Dashboard ${absent} does not exist`);
    for (const name of DashboardNames) state.dashboards.delete(name);
    await world.store.flushed();
    return {};
  },
});
