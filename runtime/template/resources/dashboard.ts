import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone } from './gone.ts';

/** AWS::CloudWatch::Dashboard */
export const dashboard = resourceType({
  properties: z.strictObject({ DashboardName: z.string().optional(), DashboardBody: z.string() }),
  async apply({ DashboardName: given, DashboardBody }, { call, defaultName }) {
    const DashboardName = given ?? defaultName(255);
    await call('monitoring', 'PutDashboard', { DashboardName, DashboardBody });
    return { ref: DashboardName, attributes: {} };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('monitoring', 'DeleteDashboards', { DashboardNames: [ref] })),
});
