/** The rules of the house that a program can check. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const filesUnder = (folder: string) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const parts = ['algorithms', 'spec', 'data', 'report', 'functions', 'runtime', 'cli', 'bench'];
const sources = parts
  .filter((part) => existsSync(part))
  .flatMap(filesUnder)
  .filter((file) => file.endsWith('.ts'));
const machineFiles = filesUnder('statemachines');

/** What each part may import of ours; its own folder always. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  algorithms: [],
  spec: ['algorithms'],
  data: ['spec', 'algorithms'],
  report: ['spec', 'data'],
  // Of docs only documents that the API serves.
  functions: ['spec', 'data', 'algorithms', 'report', 'docs'],
  runtime: [],
  cli: ['algorithms', 'spec', 'data', 'report', 'functions', 'runtime'],
  bench: ['algorithms', 'spec', 'data', 'report', 'functions', 'runtime', 'cli'],
};

const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s[^;]*?from '(\.[^']+)'/gm)].map(([, path = '']) =>
    relative('.', join(dirname(file), path)),
  );

describe('who may import whom', () => {
  test.each(Object.keys(mayImport))('%s', (part) => {
    const allowed = [part, ...(mayImport[part] ?? [])];
    const wrong = sources
      .filter((file) => file.startsWith(`${part}/`))
      .flatMap((file) => importsOf(file).map((path) => [file, path] as const))
      .filter(([, path]) => !allowed.includes(path.split('/')[0] ?? ''));
    expect(wrong).toEqual([]);
  });

  test('a report takes nothing but types from elsewhere', () => {
    const wrong = sources
      .filter((file) => file.startsWith('report/'))
      .filter((file) => /^import (?!type )[^;]*? from '(\.\.\/)+(spec|data)\//m.test(readFileSync(file, 'utf8')));
    expect(wrong).toEqual([]);
  });

  test('a function never imports another function', () => {
    const isFunction = (path: string) => path.startsWith('functions/') && !path.startsWith('functions/lib/');
    const wrong = sources.filter((file) => isFunction(file) && importsOf(file).some(isFunction));
    expect(wrong).toEqual([]);
  });

  test('a service of the runtime never imports a sibling', () => {
    const serviceOf = (path: string) => /^runtime\/services\/([^/]+)\//.exec(path)?.[1];
    const wrong = sources
      .filter((file) => serviceOf(file))
      .flatMap((file) => importsOf(file).map((path) => [file, path] as const))
      .filter(([file, path]) => serviceOf(path) && serviceOf(path) !== serviceOf(file));
    expect(wrong).toEqual([]);
  });

  test('nothing but the command line imports the command line', () => {
    const wrong = sources.filter(
      (file) =>
        !file.startsWith('cli/') &&
        !file.startsWith('bench/') &&
        importsOf(file).some((path) => path.startsWith('cli/')),
    );
    expect(wrong).toEqual([]);
  });
});

describe('one word from file to state', () => {
  const service = readFileSync('serverless.yml', 'utf8');
  const keys = [...service.slice(service.indexOf('\nfunctions:')).matchAll(/^ {2}([\w-]+):$/gm)].map(
    ([, key = '']) => key,
  );
  const files = filesUnder('functions')
    .filter((file) => !file.startsWith('functions/lib/'))
    .map((file) => file.slice('functions/'.length, -3).replace('/', '-'));
  const pascal = (name: string) => name.replaceAll(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());

  test('every function file is a function of serverless.yml, and the other way round', () => {
    expect(keys.toSorted()).toEqual(files.toSorted());
  });

  test('every function has a role of its own and its bundle, nothing else', () => {
    for (const key of keys) {
      const block = new RegExp(`^  ${key}:\\n((?: {4}.*\\n)+)`, 'm').exec(service)?.[1] ?? '';
      expect(block).toContain(`role: ${pascal(key)}Role`);
      expect(block).toContain(`handler: dist/functions/${key.replace('-', '/')}/index.handler`);
    }
  });

  test('every machine file is a resource, and every deployment target has its machine', () => {
    const machines = readFileSync('resources/machines.yml', 'utf8');
    for (const file of machineFiles) expect(machines).toContain(`\${file(${file})}`);
    const targets = [...readFileSync('spec/targets.ts', 'utf8').matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
    for (const target of targets.filter((name) => name !== 'none'))
      expect(machineFiles).toContain(`statemachines/deploy${pascal(target)}.asl.yml`);
  });
});

describe('roles', () => {
  interface Role {
    Properties: {
      Policies: { PolicyDocument: { Statement: { Action: string[]; Resource: unknown; Condition?: object }[] } }[];
    };
  }
  const tags = ['Sub', 'GetAtt', 'Ref'].map((tag) => ({ tag: `!${tag}`, resolve: (text: string) => text }));
  const { Resources } = parse(readFileSync('resources/roles.yml', 'utf8'), { customTags: tags }) as {
    Resources: Record<string, Role>;
  };
  const statements = Object.entries(Resources).flatMap(([name, { Properties }]) =>
    Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map((it) => [name, it] as const)),
  );
  /** Actions for which AWS knows no resource (service authorization reference). */
  const unscoped = [
    'sagemaker:ListModelPackages',
    'sagemaker:ListEndpointConfigs',
    'sagemaker:ListTrainingJobs',
    'sagemaker:ListTransformJobs',
    'ecr:GetAuthorizationToken',
    'cloudwatch:PutMetricData',
  ];

  test('have no wildcard action', () => {
    expect(statements.flatMap(([, { Action }]) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('name their resources', () => {
    const wide = statements.filter(
      ([, { Action, Resource }]) => Resource === '*' && !Action.every((it) => unscoped.includes(it)),
    );
    expect(wide).toEqual([]);
  });

  test('publish metrics of named namespaces only', () => {
    const publishing = statements.filter(([, { Action }]) => Action.includes('cloudwatch:PutMetricData'));
    expect(publishing.length).toBeGreaterThan(0);
    for (const [, { Condition }] of publishing)
      expect(Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': expect.any(Array) } });
  });
});

describe('files', () => {
  test('are small, or say at their top why not', () => {
    const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 401);
    const silent = long.filter(
      (file) => !/^\/\*\*[^]*?\b(long|large|one file|size)\b[^]*?\*\//i.test(readFileSync(file, 'utf8')),
    );
    expect(silent).toEqual([]);
  });

  test('are named for the thing', () => {
    const vague = /(^|\/)(utils?|helpers?|common|types|misc)\.ts$/;
    expect(sources.filter((file) => vague.test(file))).toEqual([]);
  });

  test('take time and randomness from the clock and the ids only, in the runtime', () => {
    const wild = /\b(Date\.now\(|new Date\(\)|setTimeout\(|setInterval\(|Math\.random\(|randomUUID\()/;
    const wrong = sources
      .filter((file) => file.startsWith('runtime/') && !['runtime/clock.ts', 'runtime/ids.ts'].includes(file))
      .filter((file) => wild.test(readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')));
    expect(wrong).toEqual([]);
  });

  test('hold no unfinished places', () => {
    const unfinished = /\b(TODO|FIXME|XXX)\b/;
    expect(sources.filter((file) => unfinished.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
