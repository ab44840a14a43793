import { AwsError } from '../../operation.ts';

const absent = /NotFound|NoSuch|DoesNotExist/;

/** Runs a deletion; a resource that is gone already is no error. */
export const unlessGone = async (remove: () => Promise<unknown>) => {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof AwsError) || !absent.test(error.code)) throw error;
  }
};

/** Runs a creation; false when a resource of this name is there already, by one of these codes. */
export const unlessThere = async (codes: readonly string[], create: () => Promise<unknown>): Promise<boolean> => {
  try {
    await create();
    return true;
  } catch (error) {
    if (error instanceof AwsError && codes.includes(error.code)) return false;
    throw error;
  }
};
