import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';

export const idempotencyKey = z.string().min(1).max(256);

/** The header of requests that start something. */
export const idempotencyHeader = z.object({ 'idempotency-key': idempotencyKey.optional() });

/** The key of the body or of the header. Throws InputError when they differ. */
export const idempotencyKeyOf = (
  body: { idempotencyKey?: string | undefined },
  headers: z.infer<typeof idempotencyHeader>,
): { idempotencyKey?: string } => {
  const fromHeader = headers['idempotency-key'];
  const { idempotencyKey: key = fromHeader } = body;
  if (fromHeader !== undefined && fromHeader !== key)
    throw new InputError({
      what: 'The header idempotency-key and idempotencyKey of the body differ',
      where: 'headers, idempotency-key',
      expected: 'one key',
    });
  return key === undefined ? {} : { idempotencyKey: key };
};
