/** Every Lambda is made here: middy, structured logs, a zod grammar for its input, errors in three families. */
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { familyOf } from './awsErrors.ts';
import { logKeys } from './logKeys.ts';

export const logger = new Logger({ serviceName: 'sluice' });

/**
 * A function of a state machine. `input` is parsed by the grammar before `run` sees it; what `run` throws leaves with the
 * name that ASL's ErrorEquals matches.
 */
export const define = <Schema extends z.ZodType, Output>(it: {
  input: Schema;
  run(input: z.infer<Schema>, context: Context): Promise<Output>;
}) =>
  middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event: unknown, context: Context): Promise<Output> => {
      try {
        const parsed = it.input.safeParse(event);
        if (!parsed.success) throw new InputError({ what: z.prettifyError(parsed.error), where: context.functionName });
        logger.appendKeys(logKeys(parsed.data));
        return await it.run(parsed.data, context);
      } catch (error) {
        const sorted = familyOf(error);
        logger.error(sorted.message, sorted);
        throw bounded(sorted);
      }
    });

/**
 * Step Functions cuts a Cause at 32,768 characters, and what is cut is no JSON any more; the message stands in it twice,
 * escaped (as errorMessage and in the trace).
 */
const longest = 4000;

const bounded = (error: Error): Error => {
  if (error.message.length <= longest) return error;
  const short = new Error(`${error.message.slice(0, longest)} …`);
  short.name = error.name;
  return short;
};
