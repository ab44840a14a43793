/** What is wrong with a definition, in the words and codes of ValidateStateMachineDefinition. */
export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  code: string;
  message: string;
  /** `/States/Wait/Timestamp`; a fault of the machine as a whole has no place. */
  location?: string;
}

export type Report = (location: string | undefined, message: string, code?: string) => void;

/** As CreateStateMachine shows it: `SCHEMA_VALIDATION_FAILED: … at /States/X`. */
export const sentence = ({ code, message, location = 'null' }: Diagnostic) =>
  code === 'INVALID_JSON_DESCRIPTION' ? `${code}: ${message}` : `${code}: ${message} at ${location}`;
