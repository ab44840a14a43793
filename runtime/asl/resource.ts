/** What a Task's Resource says. https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html */

export type Pattern = 'request-response' | 'sync' | 'waitForTaskToken';

export type Resource =
  | { kind: 'lambda'; arn: string }
  | { kind: 'activity'; arn: string }
  | {
      kind: 'service';
      arn: string;
      /** As in history events: `lambda`, `aws-sdk:dynamodb`. */
      type: string;
      /** As in history events: `invoke`, `startExecution.sync:2`. */
      name: string;
      pattern: Pattern;
      /** Action without its suffix: `startExecution`. */
      action: string;
      /** `.sync:2`: the output of a nested execution is JSON, not text. */
      version: 1 | 2;
    };

const service =
  /^arn:[^:]+:states:(?:[^:]*):(?:[^:]*):(?<type>aws-sdk:[^:]+|[^:]+):(?<name>(?<action>[^.:]+)(?<suffix>\.waitForTaskToken|\.sync(?::2)?)?)$/;

/** Reads a Resource; undefined when it is none the language knows. */
export const readResource = (arn: string): Resource | undefined => {
  if (/^arn:[^:]+:lambda:/.test(arn)) return { kind: 'lambda', arn };
  if (/^arn:[^:]+:states:[^:]*:\d*:activity:/.test(arn)) return { kind: 'activity', arn };
  const { type, name, action, suffix } = service.exec(arn)?.groups ?? {};
  if (type === undefined || name === undefined || action === undefined) return undefined;
  const pattern = suffix === '.waitForTaskToken' ? 'waitForTaskToken' : suffix ? 'sync' : 'request-response';
  return { kind: 'service', arn, type, name, pattern, action, version: suffix === '.sync:2' ? 2 : 1 };
};
