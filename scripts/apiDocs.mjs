// Writes docs/openapi.json from what the routes declare (the functions that serverless.yml gives an HTTP event), and
// docs/pipeline.schema.json, by which editors know pipeline files.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { bundle } from './bundle.mjs';

const page = 'docs/openapi.json';
// One of the routes serves the document.
if (!existsSync(page)) writeFileSync(page, '{ "openapi": "3.1.1" }');
const customTags = ['Ref', 'Sub', 'GetAtt'].map((tag) => ({ tag: `!${tag}`, resolve: (text) => text }));
const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { customTags });
const keys = Object.keys(functions).filter((key) => functions[key].events?.some((event) => event.httpApi));
const entry = `${keys.map((key, n) => `import { handler as h${n} } from './functions/${key.replace('-', '/')}.ts';`).join('\n')}
import { openApiOf } from './functions/lib/openApi.ts';
import { pipelineJsonSchema } from './spec/pipelineJsonSchema.ts';
import { version } from './package.json';
export const pipelineSchema = pipelineJsonSchema();
export default openApiOf([${keys.map((key, n) => `{ key: '${key}', ...h${n}.route }`).join(', ')}], version);`;
const outfile = 'dist/apiDocs.mjs';
await bundle({ stdin: { contents: entry, resolveDir: '.' } }, outfile);
const { default: document, pipelineSchema } = await import(join(process.cwd(), outfile));
const write = async (page, document) =>
  writeFileSync(page, await format(JSON.stringify(document), { ...(await resolveConfig(page)), parser: 'json' }));
await write(page, document);
await write('docs/pipeline.schema.json', pipelineSchema);
