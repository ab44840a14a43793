/** What is wrong with a definition, in the words and codes of ValidateStateMachineDefinition. */
export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  code: string;
  message: string;
  /** `/States/Wait/Timestamp` */
  location: string;
}

export type Report = (location: string, message: string, code?: string) => void;

/** As CreateStateMachine shows it: `SCHEMA_VALIDATION_FAILED: … at /States/X`. */
export const sentence = ({ code, message, location }: Diagnostic) =>
  code === 'INVALID_JSON_DESCRIPTION' ? `${code}: ${message}` : `${code}: ${message} at ${location}`;
