/** The catalogue as a page: docs/algorithms.md is this text, so that it cannot disagree with what is checked. */
import type { Hyperparameter, Manifest } from './algorithm.ts';
import { expectation } from './hyperparameters.ts';

/** Pages written by hand about what a table cannot say, by algorithm. */
export const notePages: Readonly<Record<string, string>> = { 'linear-learner': 'linearLearner.md' };

const introduction = `# Algorithms

This page is generated from the manifests in \`algorithms/\`; \`npm run docs\` writes it again.

Hyperparameters have SageMaker's names, ranges and defaults. Sluice checks them before a job starts; an unknown name, a value
out of range or a missing one is refused with what was expected. _Local_ says whether the local trainer honours the
hyperparameter. A job that sets one it does not honour to something other than its default fails on the local runtime with a
message that says so; on AWS it runs. The same holds for single values, such as \`tree_method=exact\`.`;

/** Text for a table cell: a bar would end it. */
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const code = (text: string): string => `\`${text}\``;

const needed = ({ required, requiredWhen, default: usual }: Hyperparameter): string => {
  if (required === true) return 'required';
  if (required === 'conditional') return `required when ${requiredWhen ?? 'the algorithm asks for it'}`;
  return usual === undefined || usual === null ? 'none' : code(String(usual));
};

const hyperparameterRow = (hyperparameter: Hyperparameter): string[] => [
  code(hyperparameter.name),
  expectation(hyperparameter),
  needed(hyperparameter),
  hyperparameter.tunable ? 'yes' : 'no',
  hyperparameter.local ? 'yes' : 'no',
];

const section = (manifest: Manifest): string => {
  const { name, title, problems, version, versions, channels, hyperparameters, metrics } = manifest;
  const channelTexts = channels.map((channel) => `${code(channel.name)}${channel.required ? ' (required)' : ''}`);
  const notes = Object.hasOwn(notePages, name)
    ? `\n\nSee also [${title} on the local runtime](${notePages[name]}).`
    : '';
  const others = versions.filter((other) => other !== version);
  const choice = others.length > 0 ? ` unless the pipeline names another: ${others.map(code).join(', ')}` : '';
  return `## ${title}: ${code(name)}

Problems: ${problems.join(', ')}. Channels: ${channelTexts.join(', ')}. Image version: ${code(version)}${choice}.${notes}

${table(['hyperparameter', 'takes', 'default', 'tunable', 'local'], hyperparameters.map(hyperparameterRow))}

Metrics that the container prints and a tuning job can aim at:

${table(
  ['metric', 'goal'],
  metrics.map((metric) => [code(metric.name), metric.goal]),
)}`;
};

/** The whole page as Markdown, before formatting. */
export const documentation = (manifests: readonly Manifest[]): string =>
  `${[introduction, ...manifests.map(section)].join('\n\n')}\n`;
