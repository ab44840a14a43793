/** How an event of the engine looks in GetExecutionHistory. */
import type { HistoryEvent } from '../../asl/history.ts';
import type { Json } from '../../asl/json.ts';
import { isObject } from '../../asl/json.ts';
import { seconds } from './names.ts';

/** Members that are JSON texts on the wire. */
const texts = new Set(['input', 'output', 'parameters']);

/** Some types share the member that holds their details. */
const memberOf = (type: string): string | undefined => {
  if (/^(?:Pass|Task|Choice|Wait|Succeed|Fail|Parallel|Map)StateEntered$/.test(type)) return 'stateEnteredEventDetails';
  if (/^(?:Pass|Task|Choice|Wait|Succeed|Parallel|Map)StateExited$/.test(type)) return 'stateExitedEventDetails';
  if (/^(?:Task|Wait|Parallel|Map)StateAborted$/.test(type) || type.startsWith('Parallel')) return undefined;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
};

/** Ends that AWS gives details even if there is nothing to tell. */
const detailed = new Set(['ExecutionAborted', 'ExecutionFailed']);

/** The members of an event's details; `withData` false leaves inputs, outputs and variables out. */
export const shownDetails = (details: NonNullable<HistoryEvent['details']>, withData: boolean) => {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined) continue;
    if (name === 'assignedVariables' && isObject(value)) {
      if (!withData) continue;
      members[name] = Object.fromEntries(
        Object.entries(value).map(([key, inner]: [string, Json]) => [key, JSON.stringify(inner)]),
      );
      members['assignedVariablesDetails'] = { truncated: false };
    } else if (texts.has(name)) {
      if (withData) members[name] = JSON.stringify(value);
      if (name !== 'parameters') members[`${name}Details`] = { truncated: false };
    } else members[name] = value;
  }
  return members;
};

/** `withData` false leaves inputs, outputs and variables out. */
export const historyEvent = (event: HistoryEvent, withData: boolean) => {
  const { id, previousEventId, timestamp, type, details = detailed.has(type) ? {} : undefined } = event;
  const member = memberOf(type);
  return {
    timestamp: seconds(timestamp),
    type,
    id,
    previousEventId,
    ...(details && member !== undefined && { [member]: shownDetails(details, withData) }),
  };
};
