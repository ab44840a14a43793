// Compares the engine with recorded behaviour of AWS; see test/conformance/main.ts for its arguments.
import { runProgram } from './bundle.mjs';

await runProgram('test/conformance/main.ts', 'dist/conformance.mjs');
