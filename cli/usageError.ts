/** What the caller of a command did wrong: told without a stack, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
