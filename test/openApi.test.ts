/** docs/openapi.json says what the routes declare, and every route of serverless.yml is in it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { RouteDeclaration } from '../functions/lib/defineRoute.ts';
import { openApiOf, type NamedRoute } from '../functions/lib/openApi.ts';
import { breachOf } from './fixtures/apiContract.ts';

interface Service {
  functions: Record<
    string,
    { events?: { httpApi?: { method: string; path: string; authorizer?: { type: string } } }[] }
  >;
}
const customTags = ['Ref', 'Sub', 'GetAtt'].map((tag) => ({ tag: `!${tag}`, resolve: (text: string) => text }));
const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { customTags }) as Service;
const events = Object.entries(functions).flatMap(([key, { events = [] }]) =>
  events.flatMap(({ httpApi }) => (httpApi ? [{ key, ...httpApi }] : [])),
);
const published = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as ReturnType<typeof openApiOf>;

/** One after the other: jest links modules that are imported at once wrongly. */
const declared = async (): Promise<NamedRoute[]> => {
  const routes: NamedRoute[] = [];
  for (const { key } of events) {
    const file = `../functions/${key.replace('-', '/')}.ts`;
    const { handler } = (await import(file)) as { handler: { route?: RouteDeclaration } };
    if (!handler.route) throw new Error(`${file} does not declare its route: see defineRoute.`);
    routes.push({ key, ...handler.route });
  }
  return routes;
};

test('every route of serverless.yml is declared by its function, with the same method and path', async () => {
  const routes = await declared();
  expect(routes.map(({ key, method, path }) => `${key}: ${method} ${path}`)).toEqual(
    events.map(({ key, method, path }) => `${key}: ${method} ${path}`),
  );
});

test('docs/openapi.json is what the routes declare: npm run docs writes it', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const made: unknown = JSON.parse(JSON.stringify(openApiOf(await declared(), version)));
  expect(published).toEqual(made);
});

test('docs/api.md has every route', () => {
  const text = readFileSync('docs/api.md', 'utf8');
  for (const { method, path } of events) expect(text).toContain(`\`${method} ${path}\``);
});

test('a path names the variables that its route declares, and only those', async () => {
  for (const { path, params } of await declared())
    expect(Object.keys(params?.shape ?? {})).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
});

test('every schema of the document is one of JSON Schema 2020-12, and every reference leads somewhere', () => {
  const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
  ajv.addSchema(published, 'api');
  const references = [...JSON.stringify(published).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, to = '']) => to);
  expect(references.length).toBeGreaterThan(10);
  for (const to of new Set(references)) expect(() => ajv.compile({ $ref: `api#${to}` })).not.toThrow();
});

test('names of operations are unique', async () => {
  const names = Object.values(published.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => (operation as { operationId: string }).operationId),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBe(events.length);
});

test.each([
  ['as documented', 200, { runs: [] }, undefined],
  ['with a member that is not documented', 200, { runs: [], total: 0 }, /must NOT have additional properties/],
  ['without one that is', 200, {}, /must have required property 'runs'/],
  ['with a status that is not documented', 418, { runs: [] }, /418 application\/json: not documented/],
])('the contract of the tests notices an answer %s', async (_, status, body, breach) => {
  const headers = { 'content-type': 'application/json' };
  const found = await breachOf('GET', '/runs', new Response(JSON.stringify(body), { status, headers }));
  if (breach) expect(found).toMatch(breach);
  else expect(found).toBeUndefined();
});
