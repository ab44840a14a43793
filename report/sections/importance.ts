import { bar, signedBar } from '../charts/bar.ts';
import { subjectOf, type ReportFacts } from '../facts.ts';
import { fitting, label, markup, type Markup } from '../markup.ts';
import { count, figure, percent, rough } from '../numbers.ts';
import type { TreeGain } from '../../spec/evaluation.ts';
import type { Section } from '../section.ts';

const limits = { most: 30, bytes: 60_000 };

/** Which features the model rests on: what shuffling them costs, and what its trees gained by them. */
export const importanceSection = (run: ReportFacts): Section | undefined => {
  const subject = subjectOf(run);
  const tables = [
    permutationTable(subject?.evaluation.importance ?? [], run.verdict.objective),
    gainTable(subject?.evaluation.gain),
  ].filter((table) => table !== undefined);
  return tables.length === 0
    ? undefined
    : { id: 'importance', title: 'What the model rests on', body: markup`<div class="pair">${tables}</div>` };
};

const permutationTable = (
  importance: readonly { feature: string; importance: number; deviation: number }[],
  objective: string,
): Markup | undefined => {
  if (importance.length === 0) return undefined;
  const sorted = importance.toSorted((a, b) => b.importance - a.importance);
  const drawn = sorted.slice(0, limits.most);
  const [low, high] = [
    drawn.reduce((least, { importance: own }) => Math.min(least, own), 0),
    drawn.reduce((largest, it) => Math.max(largest, it.importance + it.deviation), 0),
  ];
  const { shown, left } = fitting(
    sorted,
    limits,
    ({ feature, importance: own, deviation }) =>
      markup`<tr><th scope="row">${label(feature, 40)}</th><td>${signedBar(own, low, high, deviation)}</td><td>${figure(own)}<small>± ${rough(deviation)}</small></td></tr>`,
  );
  return markup`<div><h3>Permutation importance</h3><table class="bars"><caption>How much worse ${objective} gets when the feature’s values are shuffled, with its deviation.</caption><tbody>${shown}</tbody></table>${more(left.length)}</div>`;
};

const gainTable = (gain: TreeGain | undefined): Markup | undefined => {
  if (!gain) return undefined;
  if ('leftOut' in gain)
    return markup`<div><h3>Gain of the trees</h3><p class="note">Not known: ${label(gain.leftOut, 200)}.</p></div>`;
  const sorted = gain.columns.toSorted((a, b) => b.gain - a.gain);
  const total = sorted.reduce((sum, own) => sum + own.gain, 0) || 1;
  const largest = sorted[0]?.gain || 1;
  const { shown, left } = fitting(
    sorted,
    limits,
    ({ feature, gain: own, splits }) =>
      markup`<tr><th scope="row">${label(feature, 40)}</th><td>${bar(own / largest)}</td><td>${percent(own / total)}<small>${count(splits)} ${splits === 1 ? 'split' : 'splits'}</small></td></tr>`,
  );
  if (sorted.length === 0)
    return markup`<div><h3>Gain of the trees</h3><p class="note">No tree of the model splits on any column.</p></div>`;
  return markup`<div><h3>Gain of the trees</h3><table class="bars"><caption>Share of what all splits of the trees gained on the training rows, and how many splits.</caption><tbody>${shown}</tbody></table>${more(left.length)}</div>`;
};

const more = (left: number) => left > 0 && markup`<p class="more">and ${count(left)} more</p>`;
