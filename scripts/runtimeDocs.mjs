// Writes the tables of docs/runtime.md from the registries, keeping the text above them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { bundle } from './bundle.mjs';

const page = 'docs/runtime.md';
const entry = `
export { allServices } from './runtime/services/index.ts';
export { openRuntime } from './runtime/index.ts';
export { resourceTypes } from './runtime/template/resources/index.ts';`;
const outfile = 'dist/runtimeDocs.mjs';
await bundle({ stdin: { contents: entry, resolveDir: '.' } }, outfile);
const { allServices, openRuntime, resourceTypes } = await import(join(process.cwd(), outfile));

const dataDir = mkdtempSync(join(tmpdir(), 'docs-'));
const runtime = await openRuntime({ dataDir, services: allServices({ containers: () => undefined }) });
const rows = [...runtime.services.values()]
  .toSorted((a, b) => a.name.localeCompare(b.name))
  .map(({ name, operations }) => `| \`${name}\` | ${Object.keys(operations).toSorted().join(', ')} |`);
await runtime.close();
rmSync(dataDir, { recursive: true, force: true });

const [head] = readFileSync(page, 'utf8').split('\n## Operations');
const types = Object.keys(resourceTypes).toSorted();
const text = `${head.trimEnd()}

## Operations

| service | operations |
| --- | --- |
${rows.join('\n')}

## CloudFormation types

${types.map((type) => `- \`${type}\``).join('\n')}
`;
writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
