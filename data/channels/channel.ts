import type { SplitName } from '../split.ts';

/** Where the rows of a split go. */
export interface Channel {
  split: SplitName | 'all';
  /** `labels`: nothing but the label. */
  what: 'features' | 'labelled' | 'labels';
  /** By class: a row's weight stands behind its label. */
  weights?: readonly number[];
  /** The bytes are the receiver's until it resolves. */
  write: (bytes: Uint8Array) => Promise<void> | void;
}
