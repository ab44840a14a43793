/** The elements of an HTML document as a browser would see its tags: enough to notice what should not be there. */

export interface Element {
  name: string;
  attributes: Map<string, string>;
  /** All text within, unescaped. */
  text: string;
}

const tag = /<(\/?)([a-z][^\s/>]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/gi;

/** Throws for a `<` that is not the beginning of a tag. */
export const elementsOf = (html: string): Element[] => {
  const body = html.replace(/^<!doctype html>\s*/, '').replace(/<style>[^]*?<\/style>/, '<style></style>');
  const stray = body.replaceAll(tag, '').match(/.{0,40}<.{0,40}/);
  if (stray) throw new Error(`a stray < in ${stray[0]}`);
  return [...body.matchAll(tag)].flatMap(({ 1: closing, 2: name = '', 3: rest = '', 0: whole, index }) =>
    closing ? [] : [{ name, attributes: attributesOf(rest), text: textWithin(body, name, index + whole.length) }],
  );
};

const attributesOf = (text: string) =>
  new Map([...text.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, unescaped(value)]));

/** Only of elements that hold no element of their own name. */
const textWithin = (html: string, name: string, from: number) => {
  if (!/^(h[1-6]|bdi|title|desc|summary|a)$/.test(name)) return '';
  const to = html.indexOf(`</${name}>`, from);
  return unescaped(html.slice(from, to).replaceAll(/<[^>]*>/g, '')).trim();
};

const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
const unescaped = (text: string) =>
  text.replaceAll(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => characters[name] ?? '');
