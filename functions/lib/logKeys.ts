import { pipelineOf, runIdIn } from '../../spec/names.ts';
import { runId as runIdGrammar } from '../../spec/run.ts';

const names = ['runId', 'name', 'TrainingJobName', 'TransformJobName'] as const;

interface Input {
  runId?: unknown;
  pipeline?: unknown;
  detail?: Record<string, unknown>;
}

/**
 * What the messages about a run are found by, wherever in an input or an event its id stands: as such, or in the name of an
 * execution or a job.
 */
export const logKeys = (input: unknown): { runId?: string; pipeline?: string } => {
  const { runId, pipeline, detail = {} } = (input ?? {}) as Input;
  const texts = [runId, ...names.map((name) => detail[name])].filter((it) => typeof it === 'string');
  const id = texts.map((text) => (runIdGrammar.safeParse(text).success ? text : runIdIn(text))).find(Boolean);
  const owner = typeof pipeline === 'string' ? pipeline : id && pipelineOf(id);
  return { ...(id && { runId: id }), ...(owner && { pipeline: owner }) };
};
