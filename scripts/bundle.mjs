// Programs of the project in TypeScript that scripts run: bundled into dist/, their npm packages left in node_modules.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

/** `source`: esbuild's entryPoints or stdin. */
export const bundle = (source, outfile) =>
  build({
    ...source,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });

/** Runs a program to its end and exits as it did. */
export const runProgram = async (entry, outfile, args = process.argv.slice(2)) => {
  await bundle({ entryPoints: [entry] }, outfile);
  const { status } = spawnSync(process.execPath, [outfile, ...args], {
    stdio: 'inherit',
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  process.exit(status ?? 1);
};
