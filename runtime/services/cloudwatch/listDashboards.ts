import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { CloudWatch } from './cloudwatchState.ts';
import { dashboardArn, pageOf } from './grammar.ts';

const pageSize = 1_000;

export const listDashboards = operation({
  input: z.strictObject({ DashboardNamePrefix: z.string().optional(), NextToken: z.string().optional() }),
  needs: (_, { world }) => [{ action: 'cloudwatch:ListDashboards', resource: dashboardArn(world, '*') }],
  run({ DashboardNamePrefix = '', NextToken }, { world, state }: Call<CloudWatch>) {
    const found = [...state.dashboards.values()]
      .filter(({ name }) => name.startsWith(DashboardNamePrefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { page, next } = pageOf(found, NextToken, pageSize);
    const DashboardEntries = page.map(({ name, body, modified }) => ({
      DashboardName: name,
      DashboardArn: dashboardArn(world, name),
      LastModified: modified / 1000,
      Size: Buffer.byteLength(body),
    }));
    return { DashboardEntries, ...next };
  },
});
