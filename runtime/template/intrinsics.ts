/** CloudFormation's intrinsic functions (CloudFormation User Guide, "Intrinsic function reference"), resolved against a scope. */

/** What names mean while a template is resolved. Each function throws Error naming what is unknown. */
export interface Scope {
  /** Parameters, pseudo parameters and resources. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
}

/** `Ref: AWS::NoValue` takes the member away. */
const noValue = Symbol('AWS::NoValue');

type Resolve = (value: unknown) => unknown;
type Intrinsic = (argument: unknown, resolve: Resolve, scope: Scope) => unknown;

const text = (value: unknown, what: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${what} must be text, not ${JSON.stringify(value)}`);
};

const list = (value: unknown, what: string): unknown[] => {
  if (Array.isArray(value)) return value;
  throw new Error(`${what} must be a list, not ${JSON.stringify(value)}`);
};

const attributePath = (argument: unknown): [string, string] => {
  const [id = '', ...rest] =
    typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt').map(String);
  return [id, rest.join('.')];
};

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, _, scope) => (argument === 'AWS::NoValue' ? noValue : scope.ref(text(argument, 'Ref'))),
  'Fn::GetAtt': (argument, _, scope) => scope.attribute(...attributePath(argument)),
  'Fn::Sub'(argument, resolve, scope) {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub');
    const own = resolve(variables) as Record<string, unknown>;
    return text(template, 'Fn::Sub').replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(own, name)) return text(own[name], `Fn::Sub ${name}`);
      const value = name.includes('.') ? scope.attribute(...attributePath(name)) : scope.ref(name);
      return text(value, `Fn::Sub ${name}`);
    });
  },
  'Fn::Join'(argument, resolve) {
    const [separator, parts] = list(argument, 'Fn::Join');
    return list(resolve(parts), 'Fn::Join')
      .map((part) => text(part, 'Fn::Join'))
      .join(text(separator, 'Fn::Join'));
  },
  'Fn::Select'(argument, resolve) {
    const [index, items] = list(argument, 'Fn::Select');
    const chosen = list(resolve(items), 'Fn::Select')[Number(resolve(index))];
    if (chosen === undefined) throw new Error(`Fn::Select has no item ${String(index)}`);
    return chosen;
  },
  'Fn::Split'(argument, resolve) {
    const [separator, whole] = list(argument, 'Fn::Split');
    return text(resolve(whole), 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::FindInMap'(argument, resolve, scope) {
    const [map, first, second] = list(resolve(argument), 'Fn::FindInMap').map((part) => text(part, 'Fn::FindInMap'));
    return scope.mapping(map ?? '', first ?? '', second ?? '');
  },
  'Fn::If'(argument, resolve, scope) {
    const [name, yes, no] = list(argument, 'Fn::If');
    return resolve(scope.condition(text(name, 'Fn::If')) ? yes : no);
  },
  'Fn::Equals'(argument, resolve) {
    const [left, right] = list(resolve(argument), 'Fn::Equals');
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::Not': (argument, resolve) => list(resolve(argument), 'Fn::Not')[0] !== true,
  'Fn::And': (argument, resolve) => list(resolve(argument), 'Fn::And').every((part) => part === true),
  'Fn::Or': (argument, resolve) => list(resolve(argument), 'Fn::Or').includes(true),
  'Fn::Base64': (argument, resolve) => Buffer.from(text(resolve(argument), 'Fn::Base64')).toString('base64'),
  Condition: (argument, _, scope) => scope.condition(text(argument, 'Condition')),
};

/** A member that stands alone and is named like a function is one; `Condition` only where its value is a name. */
const callOf = (value: object): [string, unknown] | undefined => {
  const [entry, ...more] = Object.entries(value);
  if (!entry || more.length > 0) return undefined;
  const [name, argument] = entry;
  if (name === 'Condition' && typeof argument !== 'string') return undefined;
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::') ? [name, argument] : undefined;
};

/** The value with every intrinsic function replaced. Throws Error naming an unknown function or name. */
export const resolve = (value: unknown, scope: Scope): unknown => {
  const whole = resolveInner(value, scope);
  return whole === noValue ? undefined : whole;
};

const resolveInner = (value: unknown, scope: Scope): unknown => {
  const inner: Resolve = (part) => resolveInner(part, scope);
  if (Array.isArray(value)) return value.map(inner).filter((item) => item !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const call = callOf(value);
  if (call) {
    const [name, argument] = call;
    const intrinsic = Object.hasOwn(intrinsics, name) ? intrinsics[name] : undefined;
    if (!intrinsic) throw new Error(`Unsupported function ${name}; supported: ${Object.keys(intrinsics).join(', ')}`);
    return intrinsic(argument, inner, scope);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, part]) => [key, inner(part)] as const)
      .filter(([, part]) => part !== noValue),
  );
};

/** The names that a value refers to: resources, parameters and pseudo parameters alike. */
export const references = (value: unknown): Set<string> => {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (typeof part !== 'object' || part === null) return;
    const [name, argument] = callOf(part) ?? [];
    if (name === 'Ref') found.add(String(argument));
    else if (name === 'Fn::GetAtt') found.add(attributePath(argument)[0]);
    else if (name === 'Fn::Sub') subReferences(argument, found, visit);
    else Object.values(part).forEach(visit);
  };
  visit(value);
  return found;
};

const subReferences = (argument: unknown, found: Set<string>, visit: (part: unknown) => void) => {
  const [template, variables = {}] = Array.isArray(argument) ? argument : [argument];
  for (const [, name = ''] of String(template).matchAll(/\$\{([^!}][^}]*)\}/g))
    if (!Object.hasOwn(variables as object, name)) found.add(name.split('.')[0] ?? '');
  visit(variables);
};
