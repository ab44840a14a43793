// Writes docs/algorithms.md from the manifests. The manifests are TypeScript, which Node 20 cannot import, hence esbuild.
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { outputFiles } = await build({
  absWorkingDir: root,
  stdin: {
    contents:
      "import { algorithms } from './algorithms/index.ts'; import { documentation } from './algorithms/documentation.ts';" +
      'export default documentation(Object.values(algorithms));',
    resolveDir: root,
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { default: text } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
);
const page = join(root, 'docs', 'algorithms.md');
await writeFile(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
