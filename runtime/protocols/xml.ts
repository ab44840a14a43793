/** Writing XML: the few shapes that AWS query answers and errors are made of. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

// Control characters are not XML 1.0 and would make the whole answer unreadable; a carriage return would be normalised away.
/** Text as it may stand in XML content or an attribute. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (c) => entities[c] ?? c)
    .replace(/\r/g, '&#13;')
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');

/** One element with content that is XML already. */
export const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** Seconds since the epoch as the query and XML formats write times. */
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();
