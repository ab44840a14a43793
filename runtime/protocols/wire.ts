/** What each wire format does: read an operation and its input from a request, and write an output or an error. */
import type { AwsError, HttpAnswer, HttpRequest, Service } from '../operation.ts';

export interface ParsedRequest {
  operation: string;
  input: unknown;
  /** True where the format carries numbers and booleans as text, so that the grammar's types decide. */
  textual: boolean;
}

/** An answer on the wire; the gateway adds request id, date and length. */
export interface WireAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** What a format may need to know of the exchange to write its answer. */
export interface Exchange {
  service: string;
  operation: string;
  requestId: string;
  /** Path of the request, for formats that repeat it in errors. */
  resource: string;
}

export interface Wire {
  parse(request: HttpRequest, service: Service): Promise<ParsedRequest>;
  output(output: unknown, exchange: Exchange): WireAnswer;
  error(error: AwsError, exchange: Exchange): WireAnswer;
}

/** True if an operation decided the answer on the wire itself. */
export const isHttpAnswer = (output: unknown): output is HttpAnswer =>
  typeof output === 'object' && output !== null && 'http' in output && output.http !== undefined;

/** The answer an operation decided itself. */
export const ownAnswer = ({ http }: HttpAnswer): WireAnswer => ({
  status: http.status,
  headers: http.headers ?? {},
  body: http.body ?? '',
});
