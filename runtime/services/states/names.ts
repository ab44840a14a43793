/** Names and ARNs of Step Functions, with the errors AWS gives for bad ones. */
import * as z from 'zod';
import { AwsError, type World } from '../../operation.ts';

/** Any text: which ARNs an operation takes it says itself, in AWS's words. */
export const arn = z.string().min(1).max(256);

// Control characters are among what names must not hold.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** Throws InvalidName. */
export const checkName = (name: string): string => {
  if (name.length < 1 || name.length > 80 || forbidden.test(name))
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  return name;
};

/** `described`: what DescribeExecution takes, also the Express executions that a map run dispatched. */
export type Kind = 'stateMachine' | 'execution' | 'described' | 'activity';

export const machineArn = (world: World, name: string) =>
  `arn:${world.partition}:states:${world.region}:${world.accountId}:stateMachine:${name}`;

export const activityArn = (world: World, name: string) =>
  `arn:${world.partition}:states:${world.region}:${world.accountId}:activity:${name}`;

export const executionArn = (world: World, machineName: string, name: string) =>
  `arn:${world.partition}:states:${world.region}:${world.accountId}:execution:${machineName}:${name}`;

const shapes: Readonly<Record<Kind, RegExp>> = {
  stateMachine: /^arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]{1,80}(?::[^:]{1,80})?$/,
  // Children of map runs have a label behind the machine's name.
  execution: /^arn:aws:states:[a-z0-9-]+:\d{12}:execution:[^:]{1,121}:[^:]{1,80}$/,
  described:
    /^arn:aws:states:[a-z0-9-]+:\d{12}:(?:execution:[^:]{1,121}:[^:]{1,80}|express:[^:/]{1,80}\/[^:]{1,40}:[^:]{1,80}:[^:]{1,80})$/,
  activity: /^arn:aws:states:[a-z0-9-]+:\d{12}:activity:[^:]{1,80}$/,
};

/** Throws InvalidArn where the text is no ARN of the kind. */
export const checkArn = (text: string, kind: Kind): string => {
  if (shapes[kind].test(text)) return text;
  const [, , , , , found] = text.split(':');
  const why =
    text.startsWith('arn:') && found !== undefined && found !== kind
      ? `Resource type not valid in this context: ${found}`
      : text.startsWith('arn:')
        ? 'Invalid ARN'
        : 'Invalid ARN prefix';
  throw new AwsError(
    'InvalidArn',
    `Invalid Arn: '${why}: ${text}'`.replace(`${why}: ${text}`, why === 'Invalid ARN prefix' ? `${why}: ${text}` : why),
  );
};

/** Seconds since the epoch, as timestamps are answered. */
export const seconds = (ms: number) => ms / 1000;
