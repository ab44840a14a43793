/** Like Promise.all, but that nothing is under way any more when it throws: an engine must not be closed under its queries. */
export const allOf = async <T extends readonly unknown[]>(promises: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> => {
  await Promise.allSettled(promises);
  return Promise.all(promises) as unknown as Promise<T>;
};
