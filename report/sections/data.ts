/** What the drop holds, and what is to be known about it. */
import { bar } from '../charts/bar.ts';
import type { ReportFacts } from '../facts.ts';
import { fitting, label, markup, type Markup } from '../markup.ts';
import { noteNames } from '../noteNames.ts';
import { count, figure, percent } from '../numbers.ts';
import { facts, type Section } from '../section.ts';

const limits = { most: 200, bytes: 80_000 };
const mostClasses = { most: 30, bytes: 20_000 };

export const dataSection = (run: ReportFacts): Section => {
  const { prepared, profile } = run;
  const { rows } = prepared;
  const all = rows.train + rows.validation + rows.test;
  const split = (['train', 'validation', 'test'] as const)
    .filter((part) => rows[part] > 0)
    .map((part) => `${count(rows[part])} ${part} (${percent(rows[part] / (all || 1))})`);
  return {
    id: 'data',
    title: 'The data',
    body: markup`${facts([
      [
        'Rows',
        profile
          ? `${count(profile.rowsRead)} read, ${count(profile.rowsUsed)} used, ${count(profile.rowsRejected)} rejected`
          : `${count(rows.read)} read`,
      ],
      ['Split', split.join(', ')],
      [
        'Duplicate rows',
        profile?.duplicateRows === undefined
          ? undefined
          : `${count(profile.duplicateRows)} (${percent(profile.duplicateRows / (profile.rowsRead || 1))})`,
      ],
      [
        'Columns',
        profile && `${count(profile.columns.length)}, from which ${count(prepared.features)} features were made`,
      ],
      [
        'Target',
        markup`${label(prepared.target)}: ${prepared.problem}${profile?.target && ` (${profile.target.reason})`}`,
      ],
    ])}${leakage(run)}${classBalance(run)}${notes(run)}`,
  };
};

/** The columns that know too much stand out: they make a model look better than it will be. */
const leakage = ({ prepared, profile }: ReportFacts): Markup => {
  const leaks = profile?.leaks ?? [];
  const suspects = profile?.suspects ?? [];
  const told = new Set(leaks.map(({ column }) => column));
  const leftOut = prepared.leftOut.filter(({ column }) => !told.has(column));
  return markup`${list(
    'Not used, because they give the target away',
    leaks.filter(({ kept }) => !kept),
    'callout',
  )}${list(
    'Used as data.keep says, although they give the target away',
    leaks.filter(({ kept }) => kept),
    'callout',
  )}${list('Used, but suspiciously good by themselves: look whether they are known before the target is', suspects, 'callout')}${list('Left out', leftOut, 'plain')}`;
};

const list = (title: string, columns: readonly { column: string; reason: string }[], kind: string): Markup => {
  if (columns.length === 0) return markup``;
  const { shown, left } = fitting(
    columns,
    { most: 50, bytes: 20_000 },
    ({ column, reason }) => markup`<li><strong>${label(column)}</strong>: ${label(reason, 200)}</li>`,
  );
  return markup`<div class="${kind}"><h3>${title}</h3><ul>${shown}</ul>${left.length > 0 && markup`<p class="more">and ${count(left.length)} more, in profile.json</p>`}</div>`;
};

const classBalance = ({ prepared: { classes = [], classCounts = [], classWeights = [] } }: ReportFacts): Markup => {
  if (classes.length === 0 || classCounts.length === 0) return markup``;
  const all = classCounts.reduce((sum, rows) => sum + rows, 0) || 1;
  const largest = classCounts.reduce((most, rows) => Math.max(most, rows), 1);
  const { shown, left } = fitting(classes, mostClasses, (name, place) => {
    const [rows = 0, weight] = [classCounts[place], classWeights[place]];
    return markup`<tr><th scope="row">${label(name, 40)}</th><td>${bar(rows / largest)}</td><td>${count(rows)}<small>${percent(rows / all)}</small>${weight !== undefined && markup`<small>weight ${figure(weight)}</small>`}</td></tr>`;
  });
  return markup`<h3>Classes</h3><table class="bars"><caption class="unseen">Rows of each class</caption><tbody>${shown}</tbody></table>${left.length > 0 && markup`<p class="more">and ${count(left.length)} more classes</p>`}`;
};

const notes = ({ profile }: ReportFacts): Markup => {
  // Leaks and suspects have their own place above.
  const own = (profile?.notes ?? []).filter(({ kind }) => kind !== 'leak' && kind !== 'suspect');
  if (own.length === 0) return markup``;
  const { shown, left } = fitting(
    own,
    limits,
    ({ column, kind, message }) =>
      markup`<tr><th scope="row">${label(column, 60)}</th><td>${noteNames[kind]}</td><td>${label(message, 300)}</td></tr>`,
  );
  return markup`<h3>Notes</h3><table class="notes"><caption class="unseen">What is to be known about columns</caption><thead><tr><th scope="col">Column</th><th scope="col">Kind</th><th scope="col">Note</th></tr></thead><tbody>${shown}</tbody></table>${left.length > 0 && markup`<p class="more">and ${count(left.length)} more, in profile.json</p>`}`;
};
