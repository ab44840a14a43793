/** Whether a drop is what its pipeline pins in `data.contract`, told from the profile. */
import { longestLevel, type Contract, type ContractColumn } from '../spec/contract.ts';
import { InputError } from '../spec/errors.ts';
import { listed, shown } from './quote.ts';
import type { ColumnProfile, Profile } from './profile/schema.ts';

export interface Violation {
  column: string;
  what: string;
  expected: string;
}

/** Every violation, in the order of the contract, then extra columns. */
export const checkContract = (profile: Profile, contract: Contract): Violation[] => {
  const found = new Map(profile.columns.map((column) => [column.name, column]));
  const pinned = new Set(contract.columns.map(({ name }) => name));
  const extra = contract.extraColumns === 'refuse' ? profile.columns.filter(({ name }) => !pinned.has(name)) : [];
  return [
    ...contract.columns.flatMap((column) => {
      const { name } = column;
      const complaints = checkColumn(column, found.get(name), profile.rowsRead);
      return complaints.map(([what, expected]) => ({ column: name, what, expected }));
    }),
    ...extra.map(({ name }) => ({ column: name, what: 'is not in the contract', expected: 'no such column' })),
  ];
};

/** Columns besides those of a contract that says to ignore them; the target is used whether it is listed or not. */
export const columnsToIgnore = (names: readonly string[], target: string, contract: Contract | undefined): string[] => {
  if (contract?.extraColumns !== 'ignore') return [];
  const pinned = new Set([target, ...contract.columns.map(({ name }) => name)]);
  return names.filter((name) => !pinned.has(name));
};

/** Throws InputError naming every violation. */
export const refuseViolations = (profile: Profile, contract: Contract) => {
  const violations = checkContract(profile, contract);
  if (violations.length === 0) return;
  const told = violations.map(({ column, what, expected }) => `${shown(column)} ${what}, expected ${expected}`);
  throw new InputError({
    what: `${profile.name} does not keep the contract of the pipeline: ${told.join('; ')}`,
    where: 'data.contract',
    todo: 'Correct the file, or the contract where the data is meant to change',
  });
};

/** The contract that this drop keeps by a hair: its columns, types, missing values, bounds and short lists of levels. */
export const contractFrom = (profile: Profile): Contract => ({
  columns: profile.columns.map((column) => ({
    name: column.name,
    type: column.type,
    maxMissing: Math.ceil((1000 * column.missing) / profile.rowsRead) / 1000,
    ...(column.type === 'numeric' && column.min !== undefined && { min: column.min, max: column.max }),
    ...(column.type === 'categorical' &&
      column.levels.length > 0 &&
      column.distinct === column.levels.length &&
      column.levels.every(({ value }) => value.length <= longestLevel) && {
        levels: column.levels.map(({ value }) => value),
      }),
  })),
  extraColumns: 'refuse',
});

type Complaint = [what: string, expected: string];

const checkColumn = (pinned: ContractColumn, column: ColumnProfile | undefined, rows: number): Complaint[] => {
  if (!column) return [['is missing', 'the column in every drop']];
  const { type, maxMissing } = pinned;
  const complaints: Complaint[] = [];
  // A column without any value is of every type.
  if (type && type !== column.type && column.distinct > 0)
    complaints.push([`holds ${nouns[column.type]}`, nouns[type]]);
  if (column.missing > maxMissing * rows)
    complaints.push([
      `is missing in ${column.missing} of ${rows} rows`,
      maxMissing === 0 ? 'a value in every row' : `at most a share of ${maxMissing}`,
    ]);
  return [...complaints, ...(column.type === 'numeric' ? outside(pinned, column) : strange(pinned, column))];
};

const nouns = { numeric: 'numbers', categorical: 'texts' } as const;

const outside = (pinned: ContractColumn, { min, max }: Extract<ColumnProfile, { type: 'numeric' }>): Complaint[] => [
  ...(min !== undefined && pinned.min !== undefined && min < pinned.min
    ? [[`goes down to ${min}`, `at least ${pinned.min}`] satisfies Complaint]
    : []),
  ...(max !== undefined && pinned.max !== undefined && max > pinned.max
    ? [[`goes up to ${max}`, `at most ${pinned.max}`] satisfies Complaint]
    : []),
  ...(pinned.levels ? [['holds numbers', `one of ${listed(pinned.levels.map(shown), 5)}`] satisfies Complaint] : []),
];

const strange = (
  { levels, min, max }: ContractColumn,
  column: Extract<ColumnProfile, { type: 'categorical' }>,
): Complaint[] => {
  if (min !== undefined || max !== undefined) return column.distinct > 0 ? [['holds texts', 'numbers']] : [];
  if (!levels) return [];
  const others = column.levels.filter(({ value }) => !levels.includes(value));
  const expected = `one of ${listed(levels.map(shown), 5)}`;
  if (others.length > 0)
    return [
      [
        `holds ${listed(
          others.map(({ value }) => shown(value)),
          5,
        )}`,
        expected,
      ],
    ];
  return column.other > 0 ? [[`holds ${column.distinct} different texts`, expected]] : [];
};
