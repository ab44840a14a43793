/**
 * `serverless package`, once per content: what comes out depends on nothing but the bundles and the description, so their
 * digest names the folder and a second start finds it there.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { projectRoot } from './project.ts';

export interface Packaged {
  template: unknown;
  /** Folder of the artefacts. */
  assets: string;
}

const sources = [
  'serverless.yml',
  'package.json',
  'scripts/layerPackaging.cjs',
  'resources',
  'statemachines',
  'dist/functions',
];
/** Layers hold native code: those for this machine stand in the copy where those for Lambda are otherwise. */
const layers = { from: 'dist/layers/local', to: 'dist/layers' };
const templateFile = 'cloudformation-template-update-stack.json';

/** Packages the service into `<dataDir>/package/<digest>`. Throws Error with the tool's own output when packaging fails. */
export const packageService = async (dataDir: string): Promise<Packaged> => {
  const folder = join(dataDir, 'package');
  const assets = join(folder, await digest());
  if (!existsSync(join(assets, templateFile))) {
    await mkdir(folder, { recursive: true });
    // The tool works in a .serverless folder beside serverless.yml: in a copy, two packagings cannot meet there.
    const copy = await mkdtemp(join(folder, 'making-'));
    for (const source of sources) await cp(join(projectRoot, source), join(copy, source), { recursive: true });
    await cp(join(projectRoot, layers.from), join(copy, layers.to), { recursive: true });
    await runServerless(['package', '--package', 'made'], copy);
    for (const old of await readdir(folder))
      if (!old.startsWith('making-')) await rm(join(folder, old), { recursive: true, force: true });
    await cp(join(copy, layers.to), join(copy, 'made'), { recursive: true });
    await rename(join(copy, 'made'), assets);
    await rm(copy, { recursive: true, force: true });
  }
  return { template: JSON.parse(await readFile(join(assets, templateFile), 'utf8')) as unknown, assets };
};

const digest = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const source of [...sources, layers.from]) {
    const path = join(projectRoot, source);
    if (!existsSync(path)) throw new Error(`${source} is missing: run npm run build first.`);
    for (const file of await filesUnder(path)) hash.update(file.slice(projectRoot.length)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
};

const filesUnder = async (path: string): Promise<string[]> => {
  try {
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
};

const runServerless = (args: readonly string[], cwd: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const entry = serverlessEntry();
    const child = spawn(process.execPath, [entry, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: 'true', NO_COLOR: '1', SLS_INTERACTIVE_SETUP_ENABLE: '0' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`serverless ${args[0]} failed with exit code ${code}:\n${output}`)),
    );
  });

const serverlessEntry = (): string => {
  const require = createRequire(join(projectRoot, 'package.json'));
  const manifest = require.resolve('serverless/package.json');
  const { bin } = require(manifest) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['serverless'] ?? bin['sls'] ?? '');
};
