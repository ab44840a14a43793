// Reads generated odd files; see test/files/main.ts.
import { runProgram } from './bundle.mjs';

await runProgram('test/files/main.ts', 'dist/files/main.mjs');
