/** Members that several operations share. */
import * as z from 'zod';
import type { Need } from '../../operation.ts';
import { AwsError } from '../../operation.ts';

/** Whoever gives a machine a role must be allowed to pass it on. */
export const passRole = (roleArn: string): Need => ({
  action: 'iam:PassRole',
  resource: roleArn,
  context: { 'iam:PassedToService': 'states.amazonaws.com' },
});

export const versionDescription = z.string().max(256);

/** Throws ValidationException. */
export const checkVersionDescription = (given: {
  publish?: boolean | undefined;
  versionDescription?: string | undefined;
}): void => {
  if (given.versionDescription !== undefined && !given.publish)
    throw new AwsError('ValidationException', 'Version description can only be set when publish is true');
};

export const tagList = z.array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) })).max(50);

export const tagRecord = (tags: z.infer<typeof tagList> = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

/** Error of 256, Cause of 32,768 characters at most. */
export const failure = { error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() };

export const paging = {
  maxResults: z.int().min(0).max(1000).optional(),
  nextToken: z.string().min(1).max(1024).optional(),
};

/** How long (ms) a page's token can be used. */
const tokenLife = 24 * 3_600_000;

const tokenGrammar = z.tuple([z.string(), z.int().min(0), z.number()]);

/**
 * One page of a list and the token of the next. `about` is what is listed, so that a token of another list is refused.
 * Throws InvalidToken.
 */
export const pageOf = <T>(
  items: readonly T[],
  about: string,
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
  now: number,
) => {
  const size = maxResults || 100;
  let from = 0;
  if (nextToken !== undefined) {
    const token = readToken(nextToken);
    if (!token || token[0] !== about || token[2] < now - tokenLife)
      throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    from = token[1];
  }
  const page = items.slice(from, from + size);
  const end = from + page.length;
  const next = end < items.length ? Buffer.from(JSON.stringify([about, end, now])).toString('base64') : undefined;
  return { page, ...(next !== undefined && { nextToken: next }) };
};

const readToken = (text: string) => {
  try {
    return tokenGrammar.safeParse(JSON.parse(Buffer.from(text, 'base64').toString())).data;
  } catch {
    return undefined;
  }
};
