/** awsJson 1.0 and 1.1: POST / with `X-Amz-Target: <prefix>.<Operation>`; they differ in the content type only. */
import { AwsError } from '../operation.ts';
import { parseJsonObject, readBody, toJson } from './body.ts';
import type { Wire } from './wire.ts';

export const awsJson = (version: '1.0' | '1.1'): Wire => {
  const headers = { 'content-type': `application/x-amz-json-${version}` };
  return {
    async parse(request) {
      const target = request.headers['x-amz-target'];
      if (!target) throw new AwsError('UnknownOperationException', 'The header X-Amz-Target is missing');
      const operation = target.slice(target.lastIndexOf('.') + 1);
      return { operation, input: parseJsonObject(await readBody(request.body)), textual: false };
    },
    output: (output) => ({ status: 200, headers, body: toJson(output ?? {}) }),
    error: ({ code, status, message, members }) => ({
      status,
      headers: { ...headers, 'x-amzn-errortype': code },
      body: toJson({ ...members, __type: code, message }),
    }),
  };
};
