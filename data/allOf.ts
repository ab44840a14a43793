/** Like Promise.all, but that nothing is under way any more when it throws: an engine must not be closed under its queries. */
export const allOf = async <T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> => {
  await Promise.allSettled(promises);
  return Promise.all(promises);
};
