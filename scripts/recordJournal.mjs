// Keeps the journal that this release writes as a fixture; run once per release. See test/crash/recordJournal.ts.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

await build({
  entryPoints: ['test/crash/recordJournal.ts'],
  outfile: 'dist/recordJournal.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
const { status } = spawnSync(process.execPath, ['dist/recordJournal.mjs'], { stdio: 'inherit' });
process.exit(status ?? 1);
