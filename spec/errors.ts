/**
 * The three families of failure. Their `name` is what a state machine's ErrorEquals matches: InputError (the user can mend
 * it), AlgorithmError (the training code failed), PlatformError (throttling, capacity, service faults: the only one retried).
 */

/** What a good message holds: what is wrong, where, what was expected, what to do about it. */
export interface Complaint {
  what: string;
  where?: string;
  expected?: string;
  todo?: string;
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The sentences of a complaint. */
export const compose = ({ what, where, expected, todo }: Complaint) =>
  [sentence(where ? `${what} (${where})` : what), expected && sentence(`Expected ${expected}`), todo && sentence(todo)]
    .filter(Boolean)
    .join(' ');

/** The user's file, pipeline or request is wrong; never retried. */
export class InputError extends Error {
  override name = 'InputError';
  readonly complaint: Complaint;
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(compose(complaint), options);
    this.complaint = complaint;
  }
}

/** The training or serving code failed on valid input; never retried. */
export class AlgorithmError extends Error {
  override name = 'AlgorithmError';
  readonly complaint: Complaint;
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(compose(complaint), options);
    this.complaint = complaint;
  }
}

/** The platform failed: throttling, capacity, a service fault; retried with backoff and jitter. */
export class PlatformError extends Error {
  override name = 'PlatformError';
  readonly complaint: Complaint;
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(compose(complaint), options);
    this.complaint = complaint;
  }
}
