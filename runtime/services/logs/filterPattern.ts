/**
 * Filter patterns for unstructured events (CloudWatch Logs user guide, "Filter pattern syntax"): terms are case-sensitive
 * and may stand anywhere; all plain terms must occur, of the `?` terms one, of the `-` terms none.
 */
import { AwsError } from '../../operation.ts';

export type EventFilter = (message: string) => boolean;

/** Throws NotImplemented for JSON, space-delimited and regular-expression patterns. */
export const parseFilterPattern = (pattern: string): EventFilter => {
  const text = pattern.trim();
  if (/^[{[]/.test(text) || /(^|[\s?-])%/.test(text))
    throw new AwsError(
      'NotImplemented',
      `NotImplemented: filterPattern '${text}'; this runtime knows terms: ERROR, "two words", -DEBUG, ?WARN ?ERROR`,
      501,
    );
  const all: string[] = [];
  const some: string[] = [];
  const none: string[] = [];
  for (const [, sign = '', quoted, bare] of text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)) {
    const term = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1');
    (sign === '?' ? some : sign === '-' ? none : all).push(term);
  }
  return (message) =>
    all.every((term) => message.includes(term)) &&
    !none.some((term) => message.includes(term)) &&
    // With plain terms present AWS ignores the `?` terms.
    (all.length > 0 || some.length === 0 || some.some((term) => message.includes(term)));
};
