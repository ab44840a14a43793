import { dateParts } from '../../../spec/columnSettings.ts';
import type { Engine } from '../../engine.ts';
import { partSql } from '../dates.ts';
import { type DateFeature, isLinear } from '../schema.ts';
import type { TextColumn, TextFacts } from './fitTexts.ts';
import { type Groups, groupsOf } from './groups.ts';
import { momentsOf } from './moments.ts';

/** The year is told by epochDay already. */
const usualParts = dateParts.filter((part) => part !== 'year');

/** The parts that vary among the train rows, or those that the pipeline names. */
export const fitDate = async (
  engine: Engine,
  groups: Groups,
  { name, settings }: TextColumn,
  k: number,
  { missing }: TextFacts,
): Promise<DateFeature> => {
  const values = (settings.parts ?? usualParts).map((part) => ({ part, value: `${partSql(part, 'v')}::DOUBLE` }));
  const [extremes] = await engine.rows<Record<string, number>>(
    `SELECT ${values.flatMap(({ part, value }) => [`min(${value}) AS low_${part}`, `max(${value}) AS high_${part}`]).join(', ')} FROM (${groupsOf(groups, k)}) WHERE v IS NOT NULL AND n > 0`,
  );
  const told = values.map((it) => ({
    ...it,
    k,
    low: extremes?.[`low_${it.part}`] ?? 0,
    high: extremes?.[`high_${it.part}`] ?? 0,
  }));
  const varying = told.filter(({ low, high }) => settings.parts || low < high);
  const chosen = varying.length > 0 ? varying : told.filter(({ part }) => part === 'epochDay');
  const linear = chosen.filter(({ part }) => isLinear(part));
  const moments = new Map((await momentsOf(engine, groups, linear)).map((it, place) => [linear[place]?.part, it]));
  return {
    column: name,
    kind: 'date',
    parts: chosen.map(({ part }) => {
      const { mean = 0, scale = 1 } = moments.get(part) ?? {};
      return { part, mean, scale };
    }),
    missing: missing > 0,
  };
};
