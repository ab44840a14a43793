/** The OpenAPI 3.1 document of the HTTP API, made of what its routes declare. Pure; published as docs/openapi.json. */
import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import type { RouteDeclaration } from './defineRoute.ts';
import { problemSchema } from './problems.ts';
import { shownAs } from './shownAs.ts';

type Json = Record<string, unknown>;

/** A route with the key of its function in serverless.yml. */
export interface NamedRoute extends RouteDeclaration {
  key: string;
}

/** What API Gateway itself answers: it can not be told otherwise. */
const gatewayProblem = z.strictObject({ message: z.string() }).meta({ id: 'GatewayProblem' });

const everywhere = [400, 500, 503];

export const openApiOf = (routes: readonly NamedRoute[], version: string) => {
  const schemas: Json = {};
  const schemaOf = (grammar: z.ZodType, io: 'input' | 'output'): Json => hoisted(grammar, io, schemas);
  const problem = schemaOf(problemSchema, 'output');
  const fromGateway = schemaOf(gatewayProblem, 'output');
  const content = (type: string, schema: Json) => ({ content: { [type]: { schema } } });

  const problemsOf = ({ body, problems = [] }: NamedRoute) => {
    const statuses = [...everywhere, ...problems, ...(body ? [415] : [])].toSorted((a, b) => a - b);
    return Object.fromEntries(
      statuses.map((status) => [
        status,
        {
          description: STATUS_CODES[status],
          content: {
            'application/problem+json': { schema: problem },
            ...(status >= 500 && { 'application/json': { schema: fromGateway } }),
          },
        },
      ]),
    );
  };

  const operationOf = (route: NamedRoute) => ({
    operationId: route.operationId ?? route.key.split('-').at(-1),
    summary: route.summary,
    parameters: [
      ...parametersOf(route.params, 'path', schemaOf),
      ...parametersOf(route.query, 'query', schemaOf),
      ...parametersOf(route.headers, 'header', schemaOf),
    ],
    ...(route.body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          Object.entries(route.body).map(([type, grammar]) => [type, { schema: schemaOf(grammar, 'input') }]),
        ),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, grammar]) => [
          status,
          { description: STATUS_CODES[status], ...content('application/json', schemaOf(grammar, 'output')) },
        ]),
      ),
      ...problemsOf(route),
      403: { description: 'Not signed, or not allowed', ...content('application/json', fromGateway) },
      ...(route.body && {
        413: { description: 'A body beyond 10 MB', ...content('application/json', fromGateway) },
      }),
      429: { description: 'Too many requests', ...content('application/json', fromGateway) },
    },
  });

  const paths: Record<string, Json> = {};
  for (const route of routes.toSorted((a, b) => order(a).localeCompare(order(b))))
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sluice',
      version,
      description:
        'Requests are signed with AWS Signature Version 4 for the service execute-api, and the caller needs execute-api:Invoke.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    security: [{ sigv4: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => a.localeCompare(b))),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
};

const order = ({ path, method }: NamedRoute) => `${path} ${method}`;

/**
 * The JSON Schema of a grammar. Named ones (`meta({ id })`) stand under components; what is asked and what is answered differ
 * where there are defaults, so that a name for requests ends in Input.
 */
const hoisted = (grammar: z.ZodType, io: 'input' | 'output', schemas: Json): Json => {
  const {
    $schema: _schema,
    $defs = {},
    ...own
  } = z.toJSONSchema(shownAs.get(grammar) ?? grammar, { io, target: 'draft-2020-12' }) as Json;
  const named = (id: string) => (io === 'input' ? `${id}Input` : id);
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        // The name is told by its place.
        .filter(([key, entry]) => key !== 'id' || typeof entry !== 'string')
        .map(([key, entry]) => [
          key,
          key === '$ref' && typeof entry === 'string'
            ? entry.replace(/^#\/\$defs\/(.*)$/, (_, id: string) => `#/components/schemas/${named(id)}`)
            : renamed(entry),
        ]),
    );
  };
  for (const [id, schema] of Object.entries($defs as Json)) schemas[named(id)] = renamed(schema);
  const { id } = z.globalRegistry.get(grammar) ?? {};
  // One that names itself stands among its own definitions already.
  if (id === undefined || own['$ref'] !== undefined) return renamed(own) as Json;
  schemas[named(id)] = renamed(own);
  return { $ref: `#/components/schemas/${named(id)}` };
};

const parametersOf = (
  grammar: z.ZodObject | undefined,
  place: 'path' | 'query' | 'header',
  schemaOf: (grammar: z.ZodType, io: 'input') => Json,
) => {
  if (!grammar) return [];
  const { properties = {}, required = [] } = schemaOf(grammar, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));
};
