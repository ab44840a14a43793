/** restXml, which is S3: its operations decide status, headers and body themselves; only errors have one form for all. */
import { AwsError } from '../operation.ts';
import { element, escapeXml } from './xml.ts';
import { isHttpAnswer, ownAnswer, type Wire } from './wire.ts';

const headers = { 'content-type': 'application/xml' };

export const restXml: Wire = {
  async parse(request, service) {
    const routed = await service.route?.(request);
    if (!routed)
      throw new AwsError(
        'MethodNotAllowed',
        `The specified method is not allowed against this resource: ${request.method} ${request.path}`,
        405,
      );
    return { operation: routed.operation, input: routed.input, textual: true };
  },
  output: (output) => (isHttpAnswer(output) ? ownAnswer(output) : { status: 200, headers: {}, body: '' }),
  error({ code, status, message, members }, { resource, requestId }) {
    // RFC 9110: these carry no body.
    if (status === 304 || status === 204) return { status, headers: {}, body: '' };
    const fields: Record<string, unknown> = {
      Code: code,
      Message: message,
      ...members,
      Resource: resource,
      RequestId: requestId,
    };
    const content = Object.entries(fields)
      .map(([name, value]) => element(name, escapeXml(typeof value === 'string' ? value : JSON.stringify(value))))
      .join('');
    return { status, headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', content)}` };
  },
};
