import { markup, type Markup } from './markup.ts';

/** A chapter of the report; one that has nothing to say is absent. */
export interface Section {
  /** Unique in the document. */
  id: string;
  title: string;
  body: Markup;
}

export const sectionMarkup = ({ id, title, body }: Section): Markup =>
  markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;

/** A chart with its caption, which says how to read it. */
export const chart = (title: string, drawing: Markup, caption: string | Markup): Markup =>
  markup`<figure><h3>${title}</h3>${drawing}<figcaption>${caption}</figcaption></figure>`;

/** Terms with what they are; those without are left out. */
export const facts = (entries: readonly (readonly [term: string, value: Markup | string | undefined])[]): Markup =>
  markup`<dl>${entries.map(([term, value]) => value !== undefined && markup`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;

/** A wide table can be moved sideways by finger and by keys, so that the page itself never has to. */
export const scrolling = (name: string, table: Markup): Markup =>
  markup`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${table}</div>`;
