import * as z from 'zod';
import { operation } from '../../operation.ts';
import { configurationOf } from './functionRecord.ts';
import type { LambdaState } from './lambdaState.ts';

const input = z.strictObject({
  Marker: z.string().optional(),
  MaxItems: z.int().min(1).max(10_000).optional(),
});

/** Lambda answers at most 50 functions at a time, whatever MaxItems says. */
const largestPage = 50;

/** ListFunctions, ordered by name; the marker is the last name of the page before. */
export const listFunctions = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
  run({ Marker = '', MaxItems = largestPage }, { state }) {
    const after = [...state.functions.keys()].sort().filter((name) => name > Marker);
    const names = after.slice(0, Math.min(MaxItems, largestPage));
    return {
      Functions: names.flatMap((name) => state.functions.get(name) ?? []).map(configurationOf),
      ...(names.length < after.length && { NextMarker: names.at(-1) }),
    };
  },
});
