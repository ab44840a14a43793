// Workers cannot be started from TypeScript sources, so every test run starts from fresh bundles; the end-to-end tests share
// one package of the service, made anew only when something in it has changed.
import { buildAll } from './build.mjs';

export default async () => {
  await buildAll();
  const { packageService } = await import('../dist/cli/packageService.mjs');
  await packageService('.sluice/test');
};
