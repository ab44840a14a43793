import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundle = join('runtime', 'services', 'lambda', 'sandbox.mjs');

/**
 * The bundled worker entry. A worker cannot start from TypeScript, so it is looked for upwards from this module: beside the
 * bundles when this module is itself bundled, under dist/ when it runs from its source.
 */
export const sandboxEntry = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const candidate of [join(folder, bundle), join(folder, 'dist', bundle)])
      if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder))
      throw new Error(`The Lambda sandbox ${bundle} is not built; build it with: npm run build`);
  }
};
