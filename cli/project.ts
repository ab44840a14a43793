import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of serverless.yml, found from where this code lies: the sources or their bundles under dist/. */
export const projectRoot = (() => {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'serverless.yml'))) return at;
  throw new Error('serverless.yml is missing: this copy of Sluice is not complete. Clone or install it again.');
})();
