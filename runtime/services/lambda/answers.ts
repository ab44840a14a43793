import type { HttpAnswer } from '../../operation.ts';

/** An output whose HTTP status is 201. */
export const created = <Output extends object>(output: Output): Output & HttpAnswer => ({
  ...output,
  http: { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) },
});

/** An empty output whose HTTP status is 204. */
export const noContent: HttpAnswer = { http: { status: 204 } };
