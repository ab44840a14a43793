// Writes the tables of docs/featureSupport.md from the registries, keeping the text above them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { bundle } from './bundle.mjs';

const outfile = 'dist/featureSupport.mjs';
await bundle({ entryPoints: ['test/conformance/features.ts'] }, outfile);
const { featureTables } = await import(join(process.cwd(), outfile));
const page = 'docs/featureSupport.md';
const [head] = readFileSync(page, 'utf8').split('\n## States\n');
const text = `${head.trimEnd()}\n\n${await featureTables()}`;
writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
