/** The code of a Node system error (`ENOENT`), undefined for anything else. */
export const errorCode = (error: unknown): string | undefined =>
  // Not `instanceof Error`: Node's own errors come from another realm where code runs in a vm context, as under jest.
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
