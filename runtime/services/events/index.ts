/** Amazon EventBridge: the default bus, its rules and their targets. */
import type { ServiceFactory } from '../../operation.ts';
import { deleteRule } from './deleteRule.ts';
import { ruleDeliveries } from './deliveries.ts';
import { describeRule } from './describeRule.ts';
import type { EventsState } from './eventsState.ts';
import { listRules } from './listRules.ts';
import { listTargetsByRule } from './listTargetsByRule.ts';
import { putEvents } from './putEvents.ts';
import { putRule } from './putRule.ts';
import { putTargets } from './putTargets.ts';
import { removeTargets } from './removeTargets.ts';

export const events: ServiceFactory = (world) => {
  const state: EventsState = {
    rules: world.store.table('events.rules'),
    matchers: new Map(),
    deliveries: ruleDeliveries(world),
  };
  return {
    name: 'events',
    protocol: 'awsJson1.1',
    state,
    operations: {
      DeleteRule: deleteRule,
      DescribeRule: describeRule,
      ListRules: listRules,
      ListTargetsByRule: listTargetsByRule,
      PutEvents: putEvents,
      PutRule: putRule,
      PutTargets: putTargets,
      RemoveTargets: removeTargets,
    },
    start: () => state.deliveries.start(),
    stop: () => state.deliveries.stop(),
  };
};
