/** The Context Object of a state that is tried by itself: what AWS makes up, or what the caller gives. */
import { isObject, type Json, type JsonObject } from '../../../asl/json.ts';
import { AwsError } from '../../../operation.ts';

const invalid = (what: string) => new AwsError('ValidationException', `Invalid Context object provided: ${what}`);

const fields: Readonly<Record<string, Readonly<Record<string, 'string' | 'number' | 'any'>>>> = {
  Execution: {
    Id: 'string',
    Input: 'any',
    Name: 'string',
    RoleArn: 'string',
    StartTime: 'string',
    RedriveCount: 'number',
    RedriveTime: 'string',
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

const kinds = { string: 'a string', number: 'a number' } as const;

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid('Context object must be valid JSON');
  }
};

/** Reads a given Context Object; `waits` says whether the state is a Task that gets a token. Throws ValidationException. */
export const readContext = (text: string, waits: boolean): JsonObject => {
  const context = parsed(text);
  if (!isObject(context)) throw invalid('Context object must be a JSON object');
  if (context['Map'] !== undefined) throw invalid("'Map' field is not supported when mocking a Context object");
  for (const [part, value] of Object.entries(context)) {
    const known = Object.hasOwn(fields, part) ? fields[part] : undefined;
    if (!known) throw invalid(`Field '${part}' is not allowed`);
    if (!isObject(value)) throw invalid(`${part} must be an object`);
    for (const [name, inner] of Object.entries(value)) {
      const kind = Object.hasOwn(known, name) ? known[name] : undefined;
      if (kind === undefined) throw invalid(`Field '${name}' is not allowed`);
      if (kind !== 'any' && typeof inner !== kind) throw invalid(`${part}.${name} must be ${kinds[kind]}`);
    }
  }
  if (context['Task'] !== undefined && !waits) {
    throw invalid(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    );
  }
  return context;
};
