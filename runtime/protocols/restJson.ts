/** restJson1: the service's route reads path, query and headers; the body is JSON members or one blob. */
import { AwsError } from '../operation.ts';
import { parseJsonObject, readBody, toJson } from './body.ts';
import { isHttpAnswer, ownAnswer, type Wire } from './wire.ts';

const headers = { 'content-type': 'application/json' };

export const restJson: Wire = {
  async parse(request, service) {
    const routed = await service.route?.(request);
    if (!routed)
      throw new AwsError(
        'UnknownOperationException',
        `${request.method} ${request.path} is no operation of ${service.name} that the runtime knows; it knows: ${Object.keys(service.operations).join(', ')}`,
        404,
      );
    const { operation, input, payload } = routed;
    // execute-api hands the request to the integration as it came.
    if (service.name === 'execute-api') return { operation, input, textual: false };
    const body = await readBody(request.body);
    const members = payload ? { [payload]: new Uint8Array(body) } : parseJsonObject(body);
    const stated = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
    return { operation, input: { ...members, ...stated }, textual: true };
  },
  output: (output) => (isHttpAnswer(output) ? ownAnswer(output) : { status: 200, headers, body: toJson(output ?? {}) }),
  error: ({ code, status, message, members }) => ({
    status,
    headers: { ...headers, 'x-amzn-errortype': code },
    body: toJson({ ...members, message }),
  }),
};
