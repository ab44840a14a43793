import { AwsError, type World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import { compilePattern, type Matcher } from './pattern.ts';
import type { Deliveries } from './deliveries.ts';

export interface Target {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  SqsParameters?: { MessageGroupId?: string };
  /** The queue for events that are given up. */
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

export interface Rule {
  name: string;
  arn: string;
  pattern: string;
  state: 'ENABLED' | 'DISABLED';
  description?: string;
  targets: Target[];
}

/** The envelope that targets receive (EventBridge User Guide, "Event structure"). */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** ISO 8601, whole seconds, UTC. */
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

export interface EventsState {
  rules: Table<Rule>;
  matchers: Map<string, Matcher>;
  deliveries: Deliveries;
}

export const ruleArn = ({ partition, region, accountId }: World, name: string) =>
  `arn:${partition}:events:${region}:${accountId}:rule/${name}`;

/** Throws ResourceNotFoundException. */
export const ruleOf = ({ rules }: EventsState, name: string): Rule => {
  const rule = rules.get(name);
  if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
  return rule;
};

/** The compiled pattern of a rule, kept until the rule changes. Throws InvalidEventPatternException. */
export const matcherOf = ({ matchers }: EventsState, { name, pattern }: Pick<Rule, 'name' | 'pattern'>): Matcher => {
  const known = matchers.get(name);
  if (known) return known;
  const matcher = compiled(pattern);
  matchers.set(name, matcher);
  return matcher;
};

/** Throws InvalidEventPatternException. */
export const compiled = (pattern: string): Matcher => {
  try {
    return compilePattern(JSON.parse(pattern));
  } catch (cause) {
    throw new AwsError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${(cause as Error).message}`,
    );
  }
};
