// Runs jest in ESM mode; `npm test -- test/data` passes its arguments through. Tests have a temporary directory of their own, so
// that nothing of theirs is left, not even by one that was killed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const TMPDIR = mkdtempSync(join(tmpdir(), 'sluice-tests-'));
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, TMPDIR, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } },
);
rmSync(TMPDIR, { recursive: true, force: true });
process.exit(status ?? 1);
