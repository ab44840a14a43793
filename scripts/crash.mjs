// Kills processes in the middle of executions; see test/crash/main.ts.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import prepare from './testSetup.mjs';

const asked = process.argv.slice(2);
// Help needs nothing of what is killed.
if (!asked.includes('--help')) await prepare();
await build({
  entryPoints: ['test/crash/main.ts'],
  outfile: 'dist/crash/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const { status } = spawnSync(process.execPath, ['dist/crash/main.mjs', ...asked], {
  stdio: 'inherit',
  env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
});
process.exit(status ?? 1);
