// Delivers bursts of events to the triggers; see test/events/main.ts.
import { runProgram } from './bundle.mjs';

await runProgram('test/events/main.ts', 'dist/events/main.mjs');
