import * as z from 'zod';
import { warningsIn } from '../../asl/validate/warnings.ts';
import { operation, type Call } from '../../operation.ts';
import { faultsIn, parsed } from './checkDefinition.ts';
import type { StatesState } from './statesState.ts';

const input = z.strictObject({
  definition: z.string().min(1).max(1_048_576),
  type: z.enum(['STANDARD', 'EXPRESS']).optional(),
  severity: z.enum(['ERROR', 'WARNING']).optional(),
  maxResults: z.int().min(0).max(100).optional(),
});

/** Says what CreateStateMachine would refuse, and for severity WARNING also what is likely not meant; what only this runtime lacks is not told here. */
export const validateStateMachineDefinition = operation({
  input,
  needs: () => [{ action: 'states:ValidateStateMachineDefinition', resource: '*' }],
  run({ definition, type = 'STANDARD', severity = 'ERROR', maxResults }, _call: Call<StatesState>) {
    const faults = faultsIn(definition, type);
    const warnings = severity === 'WARNING' ? warningsIn(parsed(definition)) : [];
    const all = [...faults, ...warnings];
    const most = maxResults || 100;
    return {
      result: faults.length === 0 ? 'OK' : 'FAIL',
      diagnostics: all.slice(0, most),
      truncated: all.length > most,
    };
  },
});
