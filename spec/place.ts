/** The order in which the runs of a pipeline begin: that in which their objects were made, whenever they were heard of. */

/** S3 tells the order of changes to one key by hexadecimal numbers of different lengths (User Guide: event message structure). */
export const comparable = (sequencer: string) => sequencer.toUpperCase().padStart(64, '0');

/**
 * A text that sorts by the time of the event and, within one second, by its sequencer.
 * `at` is ISO 8601, `sequencer` hexadecimal of at most 64 digits.
 */
export const placeOf = (at: string, sequencer = '') => `${new Date(at).toISOString()}#${comparable(sequencer)}`;
