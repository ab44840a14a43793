/** A name or value as messages show it; long ones are cut, so that a message stays readable. */
export const shown = (text: string) => `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`;

/** The first few of many, with how many there are. */
export const listed = (items: readonly string[], limit = 20) =>
  items.length <= limit ? items.join(', ') : `${items.slice(0, limit).join(', ')}, … (${items.length} in all)`;
