import { AlgorithmError, ClientError } from './algorithm.ts';

/** How a container names what went wrong: `ClientError: …`, or `AlgorithmError: …` for everything that is not the user's. */
export const failureText = (error: unknown): string => {
  if (error instanceof ClientError || error instanceof AlgorithmError) return `${error.name}: ${error.message}`;
  return `AlgorithmError: ${error instanceof Error ? error.message : String(error)}`;
};

/** The stack, for the log, of an error that the algorithm did not foresee; nothing for one that it did. */
export const unforeseenStack = (error: unknown): string =>
  error instanceof Error && !(error instanceof ClientError) ? `${error.stack ?? error.message}\n` : '';
