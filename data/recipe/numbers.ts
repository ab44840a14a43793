/** Numeric features: the same arithmetic in the same order, in SQL and for one row. */
import type { CompiledFeature } from './compiled.ts';
import type { NumericFeature } from './schema.ts';

/** A double as a literal: decimals would be read as DECIMAL first. */
export const numberSql = (value: number) => `'${value}'::DOUBLE`;

type Transformation = Pick<NumericFeature, 'clip' | 'log'>;

/** Clipped, then its logarithm taken. */
export const transformed = ({ clip, log }: Transformation, value: number): number => {
  const bounded = clip ? Math.max(clip[0], Math.min(clip[1], value)) : value;
  return log ? Math.sign(bounded) * Math.log(1 + Math.abs(bounded)) : bounded;
};

export const transformedSql = ({ clip, log }: Transformation, value: string): string => {
  const bounded = clip ? `greatest(${numberSql(clip[0])}, least(${numberSql(clip[1])}, ${value}))` : value;
  return log ? `(sign(${bounded}) * ln(1 + abs(${bounded})))` : bounded;
};

export const writeNumber = (out: Float64Array, at: number, feature: NumericFeature, value: number) => {
  const missing = Number.isNaN(value);
  out[at] = (transformed(feature, missing ? feature.impute : value) - feature.mean) / feature.scale;
  if (feature.missing) out[at + 1] = missing ? 1 : 0;
};

/** The same where all values of the column are known and few: what each becomes is worked out here, once. */
export const compileFewNumbers = (
  feature: NumericFeature,
  value: string,
  known: readonly number[],
): CompiledFeature => {
  const places = `coalesce(list_position([${known.map(numberSql).join(', ')}], ${value}), error('a value that is not known'))`;
  return {
    kind: 'levels',
    sql: `(CASE WHEN ${value} IS NULL THEN ${known.length + 1} ELSE ${places} END - 1)`,
    values: [...known, Number.NaN].map((own) => {
      const features = new Float64Array(feature.missing ? 2 : 1);
      writeNumber(features, 0, feature, own);
      return [...features];
    }),
  };
};

/** `value`: an expression, NULL where missing. */
export const compileNumber = (feature: NumericFeature, value: string): CompiledFeature[] => {
  const known = transformedSql(feature, `coalesce(${value}, ${numberSql(feature.impute)})`);
  return [
    { kind: 'number', sql: `((${known} - ${numberSql(feature.mean)}) / ${numberSql(feature.scale)})` },
    ...(feature.missing ? [isMissingSql(value)] : []),
  ];
};

/** 1 where the value is missing. */
export const isMissingSql = (value: string): CompiledFeature => ({
  kind: 'levels',
  sql: `(CASE WHEN ${value} IS NULL THEN 1 ELSE 0 END)`,
  values: [[0], [1]],
});
