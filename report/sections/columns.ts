/** Every column: the ones that matter most in full, beyond them a compact list; a drop can have ten thousand. */
import type { ColumnProfile, Note, Profile } from '../../data/profile/schema.ts';
import { topValues } from '../charts/topValues.ts';
import { valueHistogram } from '../charts/valueHistogram.ts';
import type { ReportFacts } from '../facts.ts';
import { cut, fitting, label, markup, type Markup } from '../markup.ts';
import { noteNames } from '../noteNames.ts';
import { count, figure, percent } from '../numbers.ts';
import { facts, type Section } from '../section.ts';
import { driftWord } from './drift.ts';

const inFull = { most: 200, bytes: 450_000 };
const inShort = { bytes: 600_000 };

export const columnsSection = (run: ReportFacts): Section | undefined => {
  const { profile } = run;
  if (!profile || profile.columns.length === 0) return undefined;
  const marks = marksOf(run, profile);
  const ordered = profile.columns.toSorted((a, b) => weight(b, profile, marks) - weight(a, profile, marks));
  const { shown, left } = fitting(ordered, inFull, (column) => card(column, profile, marks.get(column.name) ?? []));
  const rest = fitting(left, inShort, (column) => markup`<li>${shortOf(column, profile.rowsRead)}</li>`);
  const others = rest.shown.length + rest.left.length;
  return {
    id: 'columns',
    title: 'Every column',
    body: markup`<p>The target first, then what has a mark, then by how much a column alone tells of the target (association: 0 nothing, 1 everything). Histograms show the middle 98 %; their outermost bars hold what lies beyond.</p><div class="cards">${shown}</div>${
      others > 0 &&
      markup`<h3>The other ${count(others)} columns</h3><ul class="short">${rest.shown}</ul>${rest.left.length > 0 && markup`<p class="more">and ${count(rest.left.length)} more, in profile.json</p>`}`
    }`,
  };
};

interface Mark {
  text: string;
  kind: 'bad' | 'warning' | 'plain';
}

/** What is to be known about a column in a word or two. */
const marksOf = ({ drift, prepared }: ReportFacts, profile: Profile): Map<string, Mark[]> => {
  const marks = new Map<string, Mark[]>();
  const add = (column: string, mark: Mark) => {
    const own = marks.get(column);
    if (!own) marks.set(column, [mark]);
    else if (own.every(({ text }) => text !== mark.text)) own.push(mark);
  };
  add(prepared.target, { text: 'target', kind: 'plain' });
  for (const { column, kept } of profile.leaks)
    add(column, { text: kept ? 'gives the target away' : 'not used: gives the target away', kind: 'bad' });
  for (const { column } of profile.suspects) add(column, { text: 'suspiciously good', kind: 'bad' });
  for (const { column, psi } of drift?.columns ?? [])
    if (driftWord(psi) !== 'none')
      add(column, { text: `${driftWord(psi)} drift`, kind: driftWord(psi) === 'large' ? 'bad' : 'warning' });
  for (const { column, kind } of profile.notes) {
    const text = noteMarks[kind];
    if (text !== undefined && column !== prepared.target) add(column, { text, kind: 'warning' });
  }
  return marks;
};

/** Leaks and suspects are marked in words of their own, and imbalance is the target's. */
const noteMarks: Partial<Record<Note['kind'], string | undefined>> = {
  ...noteNames,
  missing: 'often missing',
  leak: undefined,
  suspect: undefined,
  imbalance: undefined,
};

const severity: Record<Mark['kind'], number> = { bad: 4, warning: 2, plain: 0 };

const weight = (column: ColumnProfile, { target }: Profile, marks: Map<string, Mark[]>) => {
  const worst = (marks.get(column.name) ?? []).reduce((most, { kind }) => Math.max(most, severity[kind]), 0);
  return column.name === target?.name ? 100 : worst + (column.association?.strength ?? 0);
};

const card = (column: ColumnProfile, { rowsRead, target }: Profile, marks: readonly Mark[]): Markup =>
  markup`<article><h3>${label(column.name, 48)}</h3><p class="marks"><span class="mark">${column.type}</span>${marks.map(({ text, kind }) => markup` <span class="mark ${kind}">${text}</span>`)}</p>${
    column.type === 'numeric' ? valueHistogram(column) : topValues(column, rowsRead)
  }${facts([
    ['Missing', `${count(column.missing)} (${percent(column.missing / (rowsRead || 1))})`],
    ['Different', count(column.distinct)],
    ...(column.type === 'numeric' ? numberFacts(column) : textFacts(column)),
    [
      'Association',
      column.name === target?.name ? undefined : column.association && associationText(column.association),
    ],
  ])}</article>`;

type Facts = Parameters<typeof facts>[0];

const numberFacts = ({ min, max, mean, std, quantiles, zeros }: Extract<ColumnProfile, { type: 'numeric' }>): Facts => [
  ['Range', min === undefined || max === undefined ? undefined : `${figure(min)} to ${figure(max)}`],
  ['Mean', mean === undefined ? undefined : `${figure(mean)}${std === undefined ? '' : ` ± ${figure(std)}`}`],
  ['Median', quantiles?.p50 === undefined ? undefined : figure(quantiles.p50)],
  ['Zeros', zeros > 0 ? count(zeros) : undefined],
];

const textFacts = ({ length, numbers, dates }: Extract<ColumnProfile, { type: 'categorical' }>): Facts => {
  const ways = Object.entries(dates);
  return [
    [
      'Length',
      length && `${length.min === length.max ? '' : `${count(length.min)} to `}${count(length.max)} characters`,
    ],
    ['Numbers', numbers > 0 ? `${count(numbers)} rows` : undefined],
    [
      'Dates',
      ways.length > 0
        ? ways
            .slice(0, 4)
            .map(([way, rows]) => `${cut(way, 40)}: ${count(rows)}`)
            .join(', ')
        : undefined,
    ],
  ];
};

const associationText = ({ strength, auc, pearson, spearman }: NonNullable<ColumnProfile['association']>) =>
  [
    figure(Math.max(0, strength)),
    ...(auc === undefined ? [] : [`AUC ${figure(auc)}`]),
    ...(pearson === undefined ? [] : [`Pearson ${figure(pearson)}`]),
    ...(spearman === undefined ? [] : [`Spearman ${figure(spearman)}`]),
  ].join('; ');

/** Cut names have no title here: ten thousand of them would be longer than the rest of the report. */
const shortOf = ({ name, type, missing }: ColumnProfile, rows: number) =>
  markup`<bdi>${cut(name, 40)}</bdi> ${type}${missing > 0 && `, ${percent(missing / (rows || 1))} missing`}`;
