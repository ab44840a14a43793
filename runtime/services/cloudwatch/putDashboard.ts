import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { dashboardProblems } from './dashboardBody.ts';
import { failure } from './errors.ts';
import { dashboardArn, dashboardName } from './grammar.ts';

/** Keeps a dashboard; nobody draws it here. */
export const putDashboard = operation({
  input: z.strictObject({ DashboardName: dashboardName, DashboardBody: z.string().max(1_048_576) }),
  needs: ({ DashboardName }, { world }) => [
    { action: 'cloudwatch:PutDashboard', resource: dashboardArn(world, DashboardName) },
  ],
  async run({ DashboardName, DashboardBody }, { world, state }: Call<CloudWatch>) {
    const problems = dashboardProblems(DashboardBody);
    if (problems.length > 0)
      throw failure(
        'DashboardInvalidInputError',
        `The field DashboardBody must be a valid dashboard; ${problems[0]?.DataPath}: ${problems[0]?.Message}`,
        { dashboardValidationMessages: problems },
      );
    state.dashboards.set(DashboardName, { name: DashboardName, body: DashboardBody, modified: world.clock.now() });
    await world.store.flushed();
    return { DashboardValidationMessages: [] };
  },
});
