/** The JSONata texts of a definition: whether they can be read, and refer only to what there is where they stand. */
import { compile, expressionOf } from '../jsonata/evaluate.ts';
import { isObject, type Json } from '../json.ts';
import type { Report } from './diagnostic.ts';

/** Members of `$states` that an expression may name where it stands. */
export type StatesMembers = readonly ('result' | 'errorOutput')[];

interface Node {
  type?: string;
  value?: unknown;
  steps?: Node[];
  [part: string]: unknown;
}

const isNode = (it: unknown): it is Node => typeof it === 'object' && it !== null;

/** Parts of a node that are worked out for the items it finds, not for what surrounds it. */
const forItems = new Set(['stages', 'predicate', 'group', 'terms', 'pattern', 'update', 'delete']);

/** Says of every reference in a tree that Step Functions does not have what is wrong with it, each once. */
const faultsOf = (tree: Node, members: StatesMembers): ReadonlySet<string> => {
  const faults = new Set<string>();
  /** `outside`: no item is at hand, so a bare name means nothing. */
  const look = (node: unknown, outside: boolean): void => {
    if (Array.isArray(node)) {
      for (const it of node) look(it, outside);
      return;
    }
    if (!isNode(node)) return;
    const { type, value, steps } = node;
    if (type === 'variable') {
      if (value === '$') faults.add("Reference to '$$' is not supported.");
      if (value === '' && outside) faults.add("Reference to '$' at the top level is not supported.");
    }
    if (type === 'name' && outside) faults.add(`Reference to '${String(value)}' at the top level is not supported.`);
    if (type === 'path' && steps) {
      const [first, second] = steps;
      if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
        const known = ['input', 'context', ...members];
        if (!known.includes(String(second.value)))
          faults.add(`Field '$states.${String(second.value)}' does not exist.`);
      }
      for (const [i, step] of steps.entries()) look(step, outside && i === 0);
      look(node['group'], false);
      return;
    }
    for (const [part, inner] of Object.entries(node)) {
      if (part === 'lhs' && type === 'bind') continue;
      if (typeof inner === 'object') look(inner, outside && !forItems.has(part));
    }
  };
  look(tree, true);
  return faults;
};

const checkText = (text: string, at: string, members: StatesMembers, report: Report) => {
  const source = expressionOf(text);
  if (source === undefined) {
    if (/^\s*\{%/.test(text) || /%\}\s*$/.test(text)) report(at, 'JSONata string must start with {% and end with %}');
    return;
  }
  try {
    for (const fault of faultsOf(compile(source).ast() as Node, members))
      report(at, fault, 'UNSUPPORTED_JSONATA_EXPRESSION');
  } catch (error) {
    const { message } = error as { message?: string };
    report(at, message ?? String(error), 'INVALID_JSONATA_EXPRESSION');
  }
};

/** Checks the `{% … %}` texts of a JSONata template or field. */
export const checkExpressions = (template: Json | undefined, at: string, members: StatesMembers, report: Report) => {
  if (Array.isArray(template)) {
    for (const [i, item] of template.entries()) checkExpressions(item, `${at}[${i}]`, members, report);
  } else if (isObject(template)) {
    for (const [key, value] of Object.entries(template)) checkExpressions(value, `${at}/${key}`, members, report);
  } else if (typeof template === 'string') checkText(template, at, members, report);
};
