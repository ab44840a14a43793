/** HTML that is safe by construction: what a template is given is text, and escaped, unless it is markup itself. */

export interface Markup {
  readonly markup: string;
}

type Piece = Markup | string | number | readonly Piece[] | undefined | false;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters and those that turn the direction of all that follows: they would tell the reader something untrue. */
const invisible = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

const escaped = (text: string) =>
  text
    .toWellFormed()
    .replaceAll(/[\t\r\n]+/g, ' ')
    .replaceAll(invisible, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

const rendered = (piece: Piece): string => {
  if (piece === undefined || piece === false) return '';
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string') return escaped(piece);
  return 'markup' in piece ? piece.markup : piece.map(rendered).join('');
};

/** A template of HTML; strings in it become text or attribute values (which must stand in double quotes), lists are joined. */
export const markup = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup => ({
  markup: parts.reduce((all, part, place) => all + rendered(pieces[place - 1]) + part),
});

/** Titles hold names in full: a column's name has at most 1,024 characters. */
const longestTitle = 1024;

/** The first `most` characters, with an ellipsis for what is cut; a pair of surrogates is not torn. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** Text of a user, cut when long, then in full in the title; isolated, so that its direction does not spread. */
export const label = (text: string, most = 60): Markup => {
  const short = cut(text, most);
  return short === text ? markup`<bdi>${text}</bdi>` : markup`<bdi title="${cut(text, longestTitle)}">${short}</bdi>`;
};

/** The first of the items, as many as fit into so many bytes and are at most `most`, and how many are left. */
export const fitting = <Item>(
  items: readonly Item[],
  { bytes, most = Infinity }: { bytes: number; most?: number },
  render: (item: Item, place: number) => Markup,
): { shown: Markup[]; left: readonly Item[] } => {
  const shown: Markup[] = [];
  let free = bytes;
  for (const [place, item] of items.entries()) {
    const own = render(item, place);
    free -= Buffer.byteLength(own.markup);
    if (place >= most || free < 0) return { shown, left: items.slice(place) };
    shown.push(own);
  }
  return { shown, left: [] };
};
