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

interface Asked {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/**
 * Where the page begins that a token stands for, undefined for the first. `about` is what is listed, so that a token of another
 * list is refused. Throws InvalidToken.
 */
const placeIn = (about: string, { nextToken }: Asked, now: number): number | undefined => {
  if (nextToken === undefined) return undefined;
  const token = readToken(nextToken);
  if (!token || token[0] !== about || token[2] < now - tokenLife)
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  return token[1];
};

const tokenFor = (about: string, place: number, now: number) =>
  Buffer.from(JSON.stringify([about, place, now])).toString('base64');

/** One page of a list and the token of the next. Throws InvalidToken. */
export const pageOf = <T>(items: readonly T[], about: string, asked: Asked, now: number) => {
  const from = placeIn(about, asked, now) ?? 0;
  const page = items.slice(from, from + (asked.maxResults || 100));
  const end = from + page.length;
  return { page, ...(end < items.length && { nextToken: tokenFor(about, end, now) }) };
};

/** One page of a list of falling numbers, which may grow and shrink between two pages. Throws InvalidToken. */
export const pageBelow = <T extends { number: number }>(
  itemsBelow: (below: number) => Iterable<T>,
  about: string,
  asked: Asked,
  now: number,
) => {
  const page: T[] = [];
  const size = asked.maxResults || 100;
  for (const item of itemsBelow(placeIn(about, asked, now) ?? Infinity)) {
    if (page.length === size) return { page, nextToken: tokenFor(about, page.at(-1)?.number ?? 0, now) };
    page.push(item);
  }
  return { page };
};

const readToken = (text: string) => {
  try {
    return tokenGrammar.safeParse(JSON.parse(Buffer.from(text, 'base64').toString())).data;
  } catch {
    return undefined;
  }
};
