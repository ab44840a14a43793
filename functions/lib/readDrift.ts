/** How far a drop is from the one that the deployed model learned from, as Prepare wrote it down. */
import * as z from 'zod';
import type { Drift } from '../../spec/evaluation.ts';
import { keys } from '../../spec/names.ts';
import { readText } from './bucket.ts';

const driftDocument = z.object({
  against: z.string(),
  columns: z.array(
    z.object({
      column: z.string(),
      psi: z.number().optional(),
      ks: z.number().optional(),
      pValue: z.number().optional(),
    }),
  ),
});

/** Undefined where there was nothing to compare with. A column that is new, gone or of another type has no figure. */
export const readDrift = async (runId: string): Promise<{ against: string; columns: Drift[] } | undefined> => {
  const found = await readText(keys.drift(runId));
  if (!found) return undefined;
  const { against, columns } = driftDocument.parse(JSON.parse(found.text));
  const figures = columns.flatMap(({ column, psi, ks, pValue }): Drift[] =>
    psi === undefined
      ? []
      : [{ column, psi, ...(ks !== undefined && { ks }), ...(pValue !== undefined && { p: pValue }) }],
  );
  return { against, columns: figures };
};
