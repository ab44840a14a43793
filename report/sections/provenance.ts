import type { ReportFacts } from '../facts.ts';
import { cut, fitting, label, markup } from '../markup.ts';
import { count, figure } from '../numbers.ts';
import { facts, type Section } from '../section.ts';

/** Where the numbers come from: enough to run it again. */
export const provenanceSection = ({ plan, verdict, cost }: ReportFacts): Section => {
  const { source, pipeline, candidates, champion, costCeilingUsd, endpointUsdPerMonth } = plan;
  const { split } = pipeline.prepare;
  const { shown } = fitting(candidates, { bytes: 60_000 }, ({ id, algorithm, hyperparameters }) => {
    const given = Object.entries(hyperparameters);
    const told = fitting(
      given,
      { bytes: 8000 },
      ([name, value]) => markup`<li><code>${name}</code> ${label(value, 60)}</li>`,
    );
    return markup`<li><strong>Candidate ${id}</strong>: ${algorithm}${verdict.winner === id && ' (best)'}${given.length > 0 && markup`<ul class="settings">${told.shown}</ul>`}</li>`;
  });
  return {
    id: 'provenance',
    title: 'How it was made',
    body: markup`${facts([
      ['Run', markup`<code>${plan.runId}</code>`],
      [
        'File',
        markup`${label(`${source.bucket}/${source.key}`, 120)}${source.versionId !== undefined && markup`<small>version ${label(source.versionId, 80)}</small>`}`,
      ],
      [
        'Pipeline file',
        plan.pipelineVersionId === undefined
          ? 'none: all defaults'
          : markup`version ${label(plan.pipelineVersionId, 80)}`,
      ],
      [
        'Split',
        `${figure(split.train)} train, ${figure(split.validation)} validation, ${figure(split.test)} test; seed ${split.seed}${split.by === undefined ? '' : `; ${cut(split.by, 80)}`}${split.folds === undefined ? '' : `; ${count(split.folds)} folds${split.repeats > 1 ? `, ${count(split.repeats)} times` : ''}`}`,
      ],
      ['Training', `${pipeline.train.instance.type} × ${count(pipeline.train.instance.count)}`],
      ['Cost', costText(cost, costCeilingUsd)],
      [
        'Endpoint',
        endpointUsdPerMonth === undefined
          ? undefined
          : `${figure(endpointUsdPerMonth)} USD a month as long as it stands`,
      ],
      ['Champion', champion && markup`${champion.algorithm}, of run <code>${champion.runId}</code>`],
      ['Deployment', pipeline.deploy.target],
    ])}<h3>Candidates</h3><ul>${shown}</ul>`,
  };
};

const costText = (cost: ReportFacts['cost'], ceiling: number | undefined): string | undefined => {
  const spent = cost && `${figure(cost.usd)} USD for the jobs until this report`;
  const beside =
    cost && cost.unknown.length > 0 ? `and jobs on ${cost.unknown.join(', ')}, of which no price is known` : undefined;
  const most = ceiling === undefined ? undefined : `at most ${figure(ceiling)} USD`;
  const told = [spent, beside, most].filter((it) => it !== undefined);
  return told.length > 0 ? told.join('; ') : undefined;
};
