// Reads generated odd files; see test/files/main.ts.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const asked = process.argv.slice(2);
await build({
  entryPoints: ['test/files/main.ts'],
  outfile: 'dist/files/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const { status } = spawnSync(process.execPath, ['dist/files/main.mjs', ...asked], {
  stdio: 'inherit',
  env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
});
process.exit(status ?? 1);
