// Workers cannot be started from TypeScript sources, so every test run starts from fresh bundles.
import { buildAll } from './build.mjs';

export default () => buildAll();
