/** CloudWatch's errors. Its clients also read the codes of its older query protocol, which a header carries. */
import { AwsError } from '../../operation.ts';

const kinds = {
  ResourceNotFound: ['ResourceNotFound', 404],
  ResourceNotFoundException: ['ResourceNotFoundException', 404],
  InvalidParameterValueException: ['InvalidParameterValue', 400],
  InvalidParameterCombinationException: ['InvalidParameterCombination', 400],
  MissingRequiredParameterException: ['MissingParameter', 400],
  InvalidFormatFault: ['InvalidFormat', 400],
  InvalidNextToken: ['InvalidNextToken', 400],
  DashboardNotFoundError: ['ResourceNotFound', 404],
  DashboardInvalidInputError: ['InvalidParameterInput', 400],
  ValidationException: ['ValidationError', 400],
} as const;

/** An error by the name that the API model gives it. */
export const failure = (
  kind: keyof typeof kinds,
  message: string,
  members: Readonly<Record<string, unknown>> = {},
): AwsError => {
  const [code, status] = kinds[kind];
  return new AwsError(kind, message, status, members, { 'x-amzn-query-error': `${code};Sender` });
};

/** What AWS accepts and the runtime does not. */
export const notImplemented = (what: string, instead: string): AwsError =>
  new AwsError('NotImplemented', `NotImplemented: ${what} is not supported by this runtime; ${instead}`, 501);
