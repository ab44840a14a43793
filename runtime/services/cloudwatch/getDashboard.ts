import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';
import { dashboardArn, dashboardName } from './grammar.ts';

export const getDashboard = operation({
  input: z.strictObject({ DashboardName: dashboardName }),
  needs: ({ DashboardName }, { world }) => [
    { action: 'cloudwatch:GetDashboard', resource: dashboardArn(world, DashboardName) },
  ],
  run({ DashboardName }, { world, state }: Call<CloudWatch>) {
    const dashboard = state.dashboards.get(DashboardName);
    if (!dashboard) throw failure('DashboardNotFoundError', `Dashboard ${DashboardName} does not exist`);
    return { DashboardArn: dashboardArn(world, DashboardName), DashboardBody: dashboard.body, DashboardName };
  },
});
