/** The documentation says what there is. */
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { missingTokens } from '../data/cell.ts';
import { pipelineSchema } from '../spec/pipeline.ts';
import { parsePipeline } from '../spec/parsePipeline.ts';

const read = (file: string) => readFileSync(file, 'utf8');

test('every package has its line in docs/dependencies.md, and only those', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const used = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
  const documented = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
  expect(sorted(documented)).toEqual(sorted(used));
});

test('every setting of a pipeline is in docs/pipeline.md, and only those', () => {
  const settings = settingsOf(pipelineSchema, '');
  const documented = [...read('docs/pipeline.md').matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
  expect(sorted(documented)).toEqual(sorted(settings));
});

test('the pipeline of the documentation is a valid one', () => {
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(read('docs/pipeline.md')) ?? [];
  expect(parsePipeline(yaml, 'docs/pipeline.md').name).toBe('boston-housing');
});

test('every spelling of a missing value is in docs/pipeline.md', () => {
  const [, told = ''] = /Missing values are([^]*?): allowed/.exec(read('docs/pipeline.md')) ?? [];
  const documented = [...told.matchAll(/`([^`]+)`/g)].map(([, token = '']) => token);
  expect(sorted(documented)).toEqual(sorted([...missingTokens].filter(Boolean)));
});

test('every command is in the README', () => {
  const commands = [...read('cli/main.ts').matchAll(/for \(const add of \[([^\]]+)\]/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) expect(read('README.md')).toContain(`sluice ${command}`);
});

test('every file that the documents link to exists', () => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  for (const document of documents) {
    const folder = document.startsWith('docs/') ? 'docs/' : '';
    for (const [, link = ''] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(() => read(`${folder}${link}`)).not.toThrow();
  }
});

const sorted = (names: readonly string[]) => names.toSorted((a, b) => a.localeCompare(b));

interface Inner {
  def?: {
    innerType?: unknown;
    element?: unknown;
    valueType?: unknown;
    type?: string;
    in?: unknown;
    options?: unknown[];
  };
  shape?: Record<string, unknown>;
}

/** What a pipe takes in. */
const whatIsGiven = (schema: unknown): Inner => {
  const it = (schema ?? {}) as Inner;
  return it.def?.type === 'pipe' ? whatIsGiven(it.def.in) : it;
};

/** Dotted names of the leaves, lists and records of a schema; the members of items stand behind `[]` or `.<name>`. */
const settingsOf = (schema: unknown, path: string): string[] => {
  const { def, shape } = (schema ?? {}) as Inner;
  if (shape) return Object.entries(shape).flatMap(([key, member]) => settingsOf(member, path ? `${path}.${key}` : key));
  if (def?.innerType) return settingsOf(def.innerType, path);
  if (def?.type === 'pipe') {
    // A short form beside the object that it is made into.
    const whole = (whatIsGiven(schema).def?.options as Inner[] | undefined)?.find((option) => option.shape);
    return whole ? [path, ...settingsOf(whole, path)] : [path];
  }
  if (def?.type === 'array' && def.element) {
    const members = settingsOf(def.element, `${path}[]`);
    return [path, ...members.filter((member) => member !== `${path}[]`)];
  }
  if (def?.type === 'record') {
    const members = settingsOf(def.valueType, `${path}.<name>`);
    return [path, ...members.filter((member) => member !== `${path}.<name>`)];
  }
  return [path];
};
