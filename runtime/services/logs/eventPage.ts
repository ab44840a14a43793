/** Pages of events are bounded by count and by bytes: 10 000 events or 1 MiB, whichever comes first. */
export const mostEvents = 10_000;
const mostBytes = 1_048_576;

/** How many of `events`, from the first, fit a page; at least one. */
export const fitting = (events: readonly { message: string }[], limit = mostEvents): number => {
  let bytes = 0;
  const end = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + 26;
    return index > 0 && (index >= limit || bytes > mostBytes);
  });
  return end < 0 ? events.length : end;
};
