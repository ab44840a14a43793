/**
 * report.html of a run: one file without script that asks for nothing from anywhere, readable on a phone and in print, in light
 * and dark. Of size below 2 MB whatever the run, since every list has a bound; what is beyond is in the run's JSON files.
 */
import type { ReportFacts } from './facts.ts';
import { cut, label, markup, type Markup } from './markup.ts';
import { count } from './numbers.ts';
import { sectionMarkup, type Section } from './section.ts';
import { candidatesSection } from './sections/candidates.ts';
import { columnsSection } from './sections/columns.ts';
import { comparisonSection } from './sections/comparison.ts';
import { dataSection } from './sections/data.ts';
import { driftSection } from './sections/drift.ts';
import { foldsSection } from './sections/folds.ts';
import { importanceSection } from './sections/importance.ts';
import { provenanceSection } from './sections/provenance.ts';
import { qualitySection } from './sections/quality.ts';
import { slicesSection } from './sections/slices.ts';
import { objectiveSection, rulesSection, verdictBanner } from './sections/verdict.ts';
import { style } from './style.ts';

export type { EvaluatedCandidate, ReportFacts } from './facts.ts';

/** In the order of a reader's questions. */
const sections: readonly ((run: ReportFacts) => Section | undefined)[] = [
  objectiveSection,
  rulesSection,
  comparisonSection,
  qualitySection,
  foldsSection,
  slicesSection,
  candidatesSection,
  importanceSection,
  driftSection,
  dataSection,
  columnsSection,
  provenanceSection,
];

/** Nothing may be loaded and nothing may run; styles and images stand in the file itself. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The report as one HTML document. */
export const reportHtml = (run: ReportFacts): string => {
  const made = sections.flatMap((section) => section(run) ?? []);
  const { name } = run.plan.pipeline;
  const word = run.verdict.passed ? 'passed' : 'refused';
  const document: Markup = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${cut(name, 60)}: ${word} · Sluice run report</title>
<style>${{ markup: style }}</style>
</head>
<body>
<header><p class="kicker">Sluice run report</p><h1>${label(name)}</h1><p class="meta">Predicts ${label(run.prepared.target)} (${run.prepared.problem}) from ${label(fileOf(run), 80)}, ${count(run.prepared.rows.read)} rows</p></header>
<main>
${verdictBanner(run)}
<nav aria-label="Contents"><ul>${made.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${made.map(sectionMarkup)}
</main>
<footer><p>Run <code>${run.plan.runId}</code>. All figures are also in evaluation.json, profile.json and gate.json beside this file.</p></footer>
</body>
</html>
`;
  return document.markup;
};

const fileOf = ({ plan: { source } }: ReportFacts) => source.key.slice(source.key.lastIndexOf('/') + 1) || source.key;
