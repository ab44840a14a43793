/**
 * The arguments of a recorded step. The recorder wrote down some values only as what they are (`Tag`,
 * `RoutingConfigurationListItem`, a role with its number lost); what they were follows from the answers that were recorded.
 */
import { isObject, type Json, type JsonObject } from '../../runtime/asl/json.ts';

export interface Step {
  op: string;
  args: JsonObject;
  expect?: Json;
  fails?: boolean;
}

export interface Done {
  step: Step;
  answer: Json | undefined;
}

const memberAt = (value: Json | undefined, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>(
      (it, key) => (Array.isArray(it) ? it[Number(key)] : isObject(it) ? it[key] : undefined),
      value,
    );

const placeholder = /\{\{(\d+)\.([^}]+)\}\}/g;

const filled = (value: Json, done: readonly Done[]): Json => {
  if (typeof value === 'string') {
    const named = /^<([\w-]+)>$/.exec(value)?.[1];
    if (named !== undefined) return named;
    return value.replaceAll(placeholder, (whole, index: string, path: string) => {
      const found = memberAt(done[Number(index)]?.answer, path);
      return found === undefined ? whole : typeof found === 'string' ? found : JSON.stringify(found);
    });
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, done));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, done)]));
};

const texts = (value: Json | undefined, key: string): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => texts(item, key));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key && typeof inner === 'string' ? [inner] : texts(inner, key),
  );
};

const lastText = (done: readonly Done[], key: string): string | undefined =>
  done.flatMap(({ answer }) => texts(answer, key)).at(-1);

/** Tags, as the next list of them shows them. */
const tagsOf = (items: readonly Json[], { step, later }: Situation): Json => {
  const next = later.findIndex(({ op }) => op === 'list_tags_for_resource');
  const untagged = later.slice(0, Math.max(next, 0)).some(({ op }) => op === 'untag_resource');
  const listed = untagged ? undefined : memberAt(later[next]?.expect, 'tags');
  const said = typeof step.expect === 'string' ? step.expect : '';
  return items.map((item, i) => {
    if (item !== 'Tag') return item;
    const shown = Array.isArray(listed) ? (listed[i] ?? listed[0]) : undefined;
    const tag = isObject(shown) ? shown : { key: `key${i + 1}`, value: `value${i + 1}` };
    const [, member, fault] = new RegExp(`tags\\[${i}\\]\\.(key|value), value: (0|None)`).exec(said) ?? [];
    return member === undefined ? tag : { ...tag, [member]: fault === '0' ? '' : null };
  });
};

/** Routes of an alias, as its next description shows them, or as the refusal says; else the versions published last. */
const routesOf = (items: readonly Json[], { step, later, done }: Situation): Json => {
  const machine = lastText(done, 'stateMachineArn') ?? '';
  const published = [...new Set(done.flatMap(({ answer }) => texts(answer, 'stateMachineVersionArn')))];
  const said = JSON.stringify(step.expect ?? null);
  if (said.includes('must contain state machine version ARNs'))
    return items.map(() => ({ stateMachineVersionArn: machine, weight: Math.floor(100 / items.length) }));
  const next = later.find(({ op }) => /^(?:describe|create|update)_state_machine_alias$/.test(op));
  const described = next?.op.startsWith('describe') ? memberAt(next.expect, 'routingConfiguration') : undefined;
  if (Array.isArray(described) && described.length === items.length) {
    return described.map((route) => {
      const [arn = ''] = texts(route, 'stateMachineVersionArn');
      const weight = isObject(route) ? (route['weight'] ?? 100) : 100;
      return { stateMachineVersionArn: `${machine}:${arn.split(':').at(-1)}`, weight };
    });
  }
  const weight = items.length === 0 ? 0 : Math.floor(100 / items.length);
  return items.map((_, i) => ({
    stateMachineVersionArn: published.at(-1 - i) ?? `${machine}:${i + 1}`,
    weight: i === 0 ? 100 - weight * (items.length - 1) : weight,
  }));
};

/** `<role-arn>_t1` in the next answer that shows a role says which of several roles was given. */
const roleOf = (arn: Json, { step, later }: Situation): Json => {
  const shown = [step, ...later].flatMap(({ expect }) => texts(expect, 'roleArn'))[0];
  const mark = /^<[\w-]+>(\w+)$/.exec(shown ?? '')?.[1];
  return mark === undefined || typeof arn !== 'string' ? arn : `${arn}${mark}`;
};

/** `some_arn` was an ARN, unless AWS says that it was none. */
const arnOf =
  (kind: string) =>
  (value: Json, { step, done }: Situation): Json => {
    const lost =
      typeof value === 'string' && /^\w+_arn$/.test(value) && !JSON.stringify(step.expect ?? '').includes('InvalidArn');
    if (!lost) return value;
    const like = lastText(done, `${kind}Arn`) ?? `arn:aws:states:us-east-1:000000000000:${kind}:none`;
    return `${like}-none`;
  };

interface Situation {
  step: Step;
  later: readonly Step[];
  done: readonly Done[];
}

const restored: Readonly<Record<string, (value: Json, at: Situation) => Json>> = {
  tags: (value, at) => (Array.isArray(value) ? tagsOf(value, at) : value),
  routingConfiguration: (value, at) =>
    Array.isArray(value) && value.includes('RoutingConfigurationListItem') ? routesOf(value, at) : value,
  roleArn: roleOf,
  stateMachineArn: arnOf('stateMachine'),
  executionArn: arnOf('execution'),
  activityArn: (value, { done }) =>
    typeof value === 'string' && value.endsWith(':activity:ACTIVITY')
      ? (lastText(done, 'activityArn') ?? value)
      : value,
};

/** What to call a step with: `{{3.executionArn}}` filled in from the answers so far, lost values restored. */
export const argumentsOf = (at: Situation): JsonObject => {
  const args = filled(at.step.args, at.done) as JsonObject;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, restored[name]?.(value, at) ?? value]));
};
