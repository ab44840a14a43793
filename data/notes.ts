/** What is remarkable about a column by itself. */
import { count } from './count.ts';
import { shown } from './quote.ts';
import type { TextFacts } from './profile/profileTexts.ts';
import type { CategoricalProfile, ColumnProfile, Note, NumericProfile, Profile } from './profile/schema.ts';

const fewestIds = 20;
/** Beyond ±1 a distribution is called highly skewed (Bulmer, 1979); twice that is worth a word. */
const notableSkewness = 2;

/** Why a column tells a model nothing about new rows, when it is an id; `undefined` when it is none. */
export const idLike = (column: ColumnProfile, rows: number): string | undefined => {
  const { distinct, missing } = column;
  if (column.type === 'categorical') {
    const known = rows - missing;
    return known >= fewestIds && distinct > known / 2
      ? `it looks like an id or free text: ${distinct} different texts in ${known} rows`
      : undefined;
  }
  const { whole, min = 0, max = 0 } = column;
  return rows >= fewestIds && missing === 0 && whole && distinct === rows && max - min === rows - 1
    ? `it numbers the rows: every whole number from ${min} to ${max} once`
    : undefined;
};

/** Notes on one column; leaks and ignored columns are noted by who finds them. */
export const notesOn = (column: ColumnProfile, rows: number, facts: TextFacts = {}): Note[] => {
  const { name, missing, distinct } = column;
  const note = (kind: Note['kind'], message: string | false | undefined): Note[] =>
    message ? [{ column: name, kind, message }] : [];
  return [
    ...note('empty', missing === rows && 'no row has a value'),
    ...note('constant', missing === 0 && distinct === 1 && 'every row has the same value'),
    ...note('idLike', idLike(column, rows)),
    ...note('missing', missing < rows && missing > rows / 2 && `missing in ${missing} of ${rows} rows`),
    ...(column.type === 'numeric' ? note('skewed', skewed(column)) : textNotes(column, rows, facts)),
  ];
};

const skewed = ({ skewness = 0, distinct }: NumericProfile) =>
  distinct > 2 &&
  Math.abs(skewness) > notableSkewness &&
  `skewness ${Number(skewness.toPrecision(3))}: most values lie close together and a few far ${skewness > 0 ? 'above' : 'below'}`;

const textNotes = (column: CategoricalProfile, rows: number, { decimalComma, odd }: TextFacts): Note[] => {
  const { name, missing, numbers } = column;
  const texts = rows - missing - numbers;
  if (decimalComma !== undefined)
    return [
      {
        column: name,
        kind: 'decimalComma',
        message: `numbers with a decimal comma such as ${shown(decimalComma)} are read as text: write a decimal point`,
      },
    ];
  if (numbers > 0)
    return [
      {
        column: name,
        kind: 'mixed',
        message:
          texts === 0 || !odd
            ? 'the numbers were read as text'
            : `${count(numbers, 'number')} and ${count(texts, 'text')}, read as text; data row ${odd.row} holds ${shown(odd.value)}` +
              (numbers < texts ? '' : ' (a missing value is written as an empty cell, ? or NA)'),
      },
    ];
  return dateNotes(column, rows - missing);
};

/** Most cells are dates, but not written in one way. */
const dateNotes = ({ name, dates }: CategoricalProfile, known: number): Note[] => {
  const forms = Object.entries(dates);
  const dated = forms.reduce((sum, [, rows]) => sum + rows, 0);
  if (forms.length < 2 || dated < 0.9 * known) return [];
  const found = forms.map(([form, rows]) => `${form} in ${count(rows, 'row')}`).join(', ');
  return [
    { column: name, kind: 'dates', message: `dates in several forms: ${found}; write all of them year-month-day` },
  ];
};

/** A class is rare with less than a fifth of what equal shares would give it: of two classes, below a tenth of the rows. */
export const imbalanceNotes = ({ target }: Pick<Profile, 'target'>): Note[] => {
  const { name = '', classes = [] } = target ?? {};
  const [rarest] = classes.toSorted((a, b) => a.rows - b.rows);
  if (!rarest || rarest.share >= 0.2 / classes.length) return [];
  const share = Number((100 * rarest.share).toPrecision(2));
  return [
    {
      column: name,
      kind: 'imbalance',
      message: `the class ${shown(rarest.value)} has ${count(rarest.rows, 'row')}, ${share} % of all: accuracy tells little, look at balancedAccuracy and auc`,
    },
  ];
};
