/** The template that would be deployed, held against AWS's own resource schemas. */
import { readFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { beforeAll, expect, test } from '@jest/globals';
import { packageService } from '../cli/packageService.ts';
import { temporaryFolder } from './fixtures/temporaryFolder.ts';

interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

let folder: string;
let template: Template;
beforeAll(async () => {
  folder = temporaryFolder();
  template = (await packageService(folder)).template as Template;
}, 60_000);

test('has only resource types and properties that CloudFormation knows, and every required one', () => {
  const specification = loadAwsServiceSpecSync();
  const wrong = Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const [type] = specification.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (!type) return [`${id}: unknown type ${Type}`];
    const known = Object.keys(type.properties);
    return [
      ...Object.keys(Properties).flatMap((name) => (known.includes(name) ? [] : [`${id}: unknown property ${name}`])),
      ...Object.entries(type.properties).flatMap(([name, { required }]) =>
        required && !(name in Properties) ? [`${id}: ${name} is required`] : [],
      ),
    ];
  });
  expect(wrong).toEqual([]);
});

test('encrypts, versions and closes the data bucket, and refuses whatever comes without TLS', () => {
  const { DataBucket, DataBucketPolicy } = template.Resources;
  expect(DataBucket?.Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
  expect(JSON.stringify(DataBucket?.Properties?.['BucketEncryption'])).toContain('AES256');
  expect(JSON.stringify(DataBucketPolicy?.Properties)).toContain('aws:SecureTransport');
});

test('lets every route of the HTTP API in by signature only', () => {
  const routes = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  expect(routes.length).toBeGreaterThan(4);
  for (const { Properties } of routes) expect(Properties?.['AuthorizationType']).toBe('AWS_IAM');
});

test('gives the layer of DuckDB, on the platform of its library, to exactly the functions whose bundles load it', () => {
  const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const isLoading = (handler: unknown) =>
    readFileSync(String(handler).replace(/\.handler$/, '.mjs'), 'utf8').includes('@duckdb/node-api');
  const loading = functions.filter(({ Properties }) => isLoading(Properties?.['Handler']));
  expect(loading.length).toBeGreaterThan(0);
  for (const { Properties } of loading)
    expect(Properties).toMatchObject({ Layers: [{ Ref: 'DuckdbLambdaLayer' }], Architectures: ['x86_64'] });
  for (const { Properties } of functions.filter((it) => !loading.includes(it)))
    expect(Properties).not.toHaveProperty('Layers');
});

test('has no null anywhere, which CloudFormation refuses', () => {
  expect(JSON.stringify(template)).not.toMatch(/[:[,]null\b/);
});
