/** Which fields each type of state has, and in which query language. https://states-language.net/spec.html */

interface Shape {
  both?: readonly string[];
  JSONPath?: readonly string[];
  JSONata?: readonly string[];
  required?: readonly string[];
  /** Ends a path through the machine by its nature. */
  terminal?: boolean;
}

const common = ['Type', 'Comment', 'QueryLanguage'];
const flow = ['Next', 'End'];
const retried = ['Retry', 'Catch'];
const paths = ['InputPath', 'OutputPath'];
const results = [...paths, 'Parameters', 'ResultSelector', 'ResultPath'];

export const shapes: Readonly<Record<string, Shape>> = {
  Pass: { both: [...flow, 'Assign'], JSONPath: [...paths, 'Parameters', 'Result', 'ResultPath'], JSONata: ['Output'] },
  Task: {
    both: [...flow, ...retried, 'Assign', 'Resource', 'TimeoutSeconds', 'HeartbeatSeconds', 'Credentials'],
    JSONPath: [...results, 'TimeoutSecondsPath', 'HeartbeatSecondsPath'],
    JSONata: ['Arguments', 'Output'],
    required: ['Resource'],
  },
  Choice: {
    both: ['Choices', 'Default', 'Assign'],
    JSONPath: paths,
    JSONata: ['Output'],
    required: ['Choices'],
    terminal: true,
  },
  Wait: {
    both: [...flow, 'Seconds', 'Timestamp', 'Assign'],
    JSONPath: [...paths, 'SecondsPath', 'TimestampPath'],
    JSONata: ['Output'],
  },
  Succeed: { JSONPath: paths, JSONata: ['Output'], terminal: true },
  Fail: { both: ['Error', 'Cause'], JSONPath: ['ErrorPath', 'CausePath'], terminal: true },
  Parallel: {
    both: [...flow, ...retried, 'Assign', 'Branches'],
    JSONPath: results,
    JSONata: ['Arguments', 'Output'],
    required: ['Branches'],
  },
  Map: {
    both: [
      ...flow,
      ...retried,
      'Assign',
      'ItemProcessor',
      'Iterator',
      'ItemSelector',
      'ItemReader',
      'ItemBatcher',
      'ResultWriter',
      'Label',
      'MaxConcurrency',
      'ToleratedFailureCount',
      'ToleratedFailurePercentage',
    ],
    JSONPath: [
      ...results,
      'ItemsPath',
      'MaxConcurrencyPath',
      'ToleratedFailureCountPath',
      'ToleratedFailurePercentagePath',
    ],
    JSONata: ['Items', 'Output'],
  },
};

/** Fields a state of this type may have in this language. */
export const fieldsOf = (type: string, language: 'JSONPath' | 'JSONata'): ReadonlySet<string> => {
  const shape = shapes[type] ?? {};
  return new Set([...common, ...(shape.both ?? []), ...(shape[language] ?? [])]);
};
