import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ColumnProfile } from '../../data/profile/schema.ts';
import { reportHtml, type ReportFacts } from '../../report/reportHtml.ts';
import type { EvaluationDocument } from '../../spec/evaluation.ts';
import { elementsOf, type Element } from './elements.ts';
import { forestRun, hostile, hostileNames, housePriceRun, incomeRun } from './examples.ts';

let [income, house, forest] = [] as unknown as [ReportFacts, ReportFacts, ReportFacts];
beforeAll(async () => {
  [income, house, forest] = await Promise.all([incomeRun(), housePriceRun(), forestRun()]);
});

const headings = (html: string) =>
  elementsOf(html).flatMap(({ name, text }) => (/^h[1-6]$/.test(name) ? [{ level: Number(name[1]), text }] : []));
const titles = (html: string) => headings(html).map(({ text }) => text);
const textOf = (html: string) =>
  html
    .slice(html.indexOf('<body>'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('on top', () => {
  test('the verdict stands in one sentence, then the objective beside champion and baseline', () => {
    const text = textOf(reportHtml(income));
    expect(text).toContain('Passed the gate');
    expect(text).toMatch(/This model \(xgboost\).{0,20}0\.8600 0\.8\d+ to 0\.8\d+/);
    expect(text).toMatch(/Deployed champion 0\.8\d+/);
    expect(text).toMatch(/Baseline: the mean or the class shares 0\.5/);
  });

  test('every rule of the gate has its numbers, failed ones first', () => {
    const text = textOf(reportHtml(house));
    expect(text).toContain('Refused by the gate');
    for (const { reason } of house.verdict.rules) expect(text).toContain(reason);
    expect(text.indexOf('✕ failed')).toBeLessThan(text.indexOf('✓ passed'));
  });

  test('and beside the rules stands what one should know, with what the run cost and the endpoint will', () => {
    const verdict = { ...income.verdict, notes: ['There is no deployed model yet.'] };
    const plan = { ...income.plan, costCeilingUsd: 0.69, endpointUsdPerMonth: 83.95 };
    const text = textOf(reportHtml({ ...income, plan, verdict, cost: { usd: 0.0575, unknown: ['ml.p5.48xlarge'] } }));
    expect(text).toContain('There is no deployed model yet.');
    expect(text).toContain('0.0575 USD for the jobs until this report; and jobs on ml.p5.48xlarge, of which no price');
    expect(text).toContain('at most 0.69 USD');
    expect(text).toContain('83.95 USD a month');
  });

  test('the gain over the champion has its interval and p', () => {
    expect(textOf(reportHtml(income))).toMatch(/Gain in auc .{1,12} 95 % interval .* By DeLong\..* \(one-sided p\)/);
  });

  test('or why there is none', () => {
    expect(textOf(reportHtml(house))).toContain('could not be scored on this file: it needs the column lstat');
  });
});

describe('what the problem does not have is left out:', () => {
  const binaryOnly = ['ROC curve', 'Precision-recall curve', 'Calibration', 'Cumulative gain', 'Lift by tenths'];
  const regressionOnly = ['Residuals', 'Residual against prediction'];

  test('two classes have curves and no residuals', () => {
    const found = titles(reportHtml(income));
    expect(found).toEqual(expect.arrayContaining([...binaryOnly, 'Confusion matrix', 'Over the folds', 'Drift']));
    for (const title of regressionOnly) expect(found).not.toContain(title);
  });

  test('a number has residuals and no curves, confusion or classes', () => {
    const found = titles(reportHtml(house));
    expect(found).toEqual(expect.arrayContaining(regressionOnly));
    for (const title of [...binaryOnly, 'Confusion matrix', 'Classes']) expect(found).not.toContain(title);
    expect(textOf(reportHtml(house))).not.toContain('Threshold');
  });

  test('many classes have a confusion matrix and neither', () => {
    const found = titles(reportHtml(forest));
    expect(found).toContain('Confusion matrix');
    for (const title of [...binaryOnly, ...regressionOnly]) expect(found).not.toContain(title);
  });

  test('and a run that found next to nothing still has its report', () => {
    const { plan, prepared } = house;
    const verdict = {
      passed: false,
      objective: 'rmse',
      rules: [],
      summary: 'Refused: no candidate has a finite rmse.',
    };
    const html = reportHtml({ plan, prepared, verdict, evaluations: [] });
    expect(titles(html)).toEqual([
      'boston-housing',
      '✕ Refused by the gate',
      'Against the champion',
      'The data',
      'How it was made',
      'Candidates',
    ]);
  });
});

test('leaked, suspicious and shifted columns are named', () => {
  const columns = [
    { column: 'age', psi: 0.31 },
    { column: 'hours_per_week', psi: 0.02 },
  ];
  const text = textOf(reportHtml({ ...income, drift: { against: 'x-1', columns } }));
  expect(text).toMatch(/Not used, because they give the target away tax_band :/);
  expect(text).toMatch(/look whether they are known before the target is credit_line :/);
  expect(text).toContain('One column has shifted against run x-1');
  expect(text).toMatch(/age 0\.31 large shift/);
  expect(text).toMatch(/age numeric large drift/);
});

test('folds without a row of a class are named', () => {
  const folds = [
    { train: 80, test: 20, features: 3 },
    { train: 80, test: 20, features: 3, withoutRows: ['rare', '<b>odd'] },
  ];
  const text = textOf(reportHtml({ ...forest, prepared: { ...forest.prepared, folds } }));
  expect(text).toMatch(/Fold 2 has no row of rare ?, &lt;b&gt;odd/);
  expect(text).not.toContain('Fold 1 has no row');
});

test('the threshold is told with its criterion', () => {
  const text = textOf(reportHtml(income));
  expect(text).toContain('0.3333: scores from here on are answered with the positive class');
  expect(text).toContain('for the lowest cost: a false positive costs 1, a false negative 2 on 1,000 validation rows');
  expect(text).toMatch(/On the validation rows\s+precision 0/);
  expect(text).toContain('Other thresholds');
});

describe('anybody can read it:', () => {
  const reports = () => [income, house, forest, hostile(income)].map(reportHtml);

  test('headings do not skip a level', () => {
    for (const html of reports()) {
      const levels = headings(html).map(({ level }) => level);
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [place, level] of levels.entries()) expect(level - (levels[place - 1] ?? 0)).toBeLessThanOrEqual(1);
    }
  });

  test('every table has a caption, every row and column its head', () => {
    for (const html of reports()) {
      const tables = html.match(/<table[^]*?<\/table>/g) ?? [];
      expect(tables.length).toBeGreaterThan(5);
      for (const table of tables) {
        expect(table).toMatch(/^<table[^>]*><caption[^>]*>[^]+?<\/caption>/);
        for (const row of table.match(/<tr[^]*?<\/tr>/g) ?? []) expect(row).toMatch(/<th scope="(row|col)"/);
      }
    }
  });

  test('every chart has a text that says the same, or stands beside the number', () => {
    for (const html of reports()) {
      const elements = elementsOf(html);
      const ids = new Set(elements.flatMap(({ attributes }) => attributes.get('id') ?? []));
      const charts = elements.filter(({ name }) => name === 'svg');
      expect(charts.length).toBeGreaterThan(10);
      for (const { attributes } of charts) {
        if (attributes.get('aria-hidden') === 'true') continue;
        expect(attributes.get('role')).toBe('img');
        const labels = attributes.get('aria-labelledby')?.split(' ');
        if (labels) for (const id of labels) expect(ids).toContain(id);
        else expect(attributes.get('aria-label')?.length).toBeGreaterThan(20);
      }
    }
  });

  test('ids are unique and every link leads somewhere', () => {
    for (const html of reports()) {
      const elements = elementsOf(html);
      const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { name, attributes } of elements)
        if (name === 'a') expect(ids.map((id) => `#${id}`)).toContain(attributes.get('href'));
    }
  });

  test('no number is missing', () => {
    for (const html of reports()) expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
});

describe('names of users', () => {
  const allowedNames =
    'html head meta title style body header main footer nav section article figure figcaption details summary h1 h2 h3 p ul li a dl div dt dd table caption thead tbody tr th td span bdi code small strong em svg desc path text rect line circle'.split(
      ' ',
    );
  const allowedAttributes =
    /^(lang|charset|http-equiv|content|name|id|class|style|href|title|role|tabindex|scope|aria-(label|labelledby|hidden)|viewBox|preserveAspectRatio|d|x|y|x1|x2|y1|y2|cx|cy|r|rx|width|height|transform|text-anchor)$/;
  const isForeign = ({ name, attributes }: Element) =>
    !allowedNames.includes(name) || [...attributes.keys()].some((attribute) => !allowedAttributes.test(attribute));

  test('never become markup', () => {
    for (const run of [income, house, forest]) {
      const html = reportHtml(hostile(run));
      expect(elementsOf(html).filter(isForeign)).toEqual([]);
      expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      expect(html).not.toContain('\u0000');
      expect(html.isWellFormed()).toBe(true);
    }
  });

  test('whatever they are, add no element and no attribute', () => {
    const random = seeded(11);
    const alphabet = [
      '<',
      '>',
      '"',
      "'",
      '&',
      '=',
      '/',
      ' ',
      '`',
      'a',
      'on',
      'script',
      ';',
      '#',
      '\u202e',
      '\ud83d',
      '\n',
      '-',
      '!',
    ];
    const shape = (html: string) =>
      elementsOf(html).map(({ name, attributes }) =>
        [name, ...[...attributes.keys()].filter((it) => it !== 'title')].join(' '),
      );
    const named = (name: string): ReportFacts => ({
      ...house,
      prepared: { ...house.prepared, target: name },
      verdict: { ...house.verdict, summary: name, rules: [{ rule: name, passed: true, reason: name }] },
      drift: { against: name, columns: [{ column: name, psi: 1 }] },
    });
    const expected = shape(reportHtml(named('plain')));
    for (let round = 0; round < 150; round++) {
      const name = Array.from(
        { length: 1 + Math.floor(random() * 30) },
        () => alphabet[Math.floor(random() * alphabet.length)],
      );
      expect(shape(reportHtml(named(name.join(''))))).toEqual(expected);
    }
  });

  test('are cut when they are long, and then told in full in the title', () => {
    const long = hostileNames[6];
    const titled = elementsOf(reportHtml(hostile(income))).filter(({ attributes }) => attributes.get('title') === long);
    expect(titled.length).toBeGreaterThan(0);
    for (const { text } of titled) expect(text).toMatch(/^long name .{1,400}…$/);
  });
});

test('nothing is loaded and nothing runs', () => {
  const html = reportHtml(income);
  expect(html).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
  );
  expect(html).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|https?:/);
});

test('ten thousand columns of the longest names stay below two megabytes', () => {
  const [template] = income.profile!.columns.filter(({ type }) => type === 'categorical');
  const name = (place: number) => `${'"'.repeat(1000)}${place}`;
  const columns = Array.from({ length: 10_000 }, (_, place): ColumnProfile => ({
    ...(template as Extract<ColumnProfile, { type: 'categorical' }>),
    name: name(place),
    levels: Array.from({ length: 50 }, (_, level) => ({ value: '\u0645'.repeat(200), rows: level })),
    association: { strength: place / 10_000 },
  }));
  const profile: ReportFacts['profile'] = {
    ...income.profile!,
    columns,
    suspects: columns.map((column) => ({ column: column.name, reason: '<'.repeat(1000) })),
    notes: columns.map((column) => ({ column: column.name, kind: 'skewed' as const, message: '&'.repeat(1000) })),
  };
  const [first] = income.evaluations;
  const slices = columns.slice(0, 500).flatMap(({ name: column }) =>
    Array.from({ length: 50 }, (_, value) => ({
      column,
      value: '&'.repeat(1000) + value,
      rows: 5,
      small: true,
      metrics: { auc: 0.5 },
      intervals: {},
    })),
  );
  const importance = columns.map((column) => ({ feature: column.name, importance: 1, deviation: 0 }));
  const html = reportHtml({
    ...income,
    profile,
    evaluations: [{ ...first!, evaluation: { ...first!.evaluation, slices, importance } }],
    drift: { against: 'x', columns: columns.map((column) => ({ column: column.name, psi: 1 })) },
    verdict: {
      ...income.verdict,
      rules: columns.map((column) => ({ rule: column.name, passed: true, reason: column.name })),
    },
  });
  expect(Buffer.byteLength(html)).toBeLessThan(2e6);
  expect(textOf(html)).toMatch(/The other 9,\d{3} columns/);
});

test('of ordinary wide files the first two hundred columns are told in full and all others by name', () => {
  const template = house.profile!.columns[0]!;
  const columns = Array.from({ length: 10_000 }, (_, place) => ({
    ...template,
    name: `column${place}`,
    association: { strength: place / 10_000 },
  }));
  const html = reportHtml({ ...house, profile: { ...house.profile!, columns } });
  expect(Buffer.byteLength(html)).toBeLessThan(2e6);
  expect(html.match(/<article>/g)).toHaveLength(200);
  for (const place of [9999, 9800, 5000, 0]) expect(html.includes(`<bdi>column${place}</bdi>`)).toBe(true);
  expect(html.indexOf('<bdi>column9999</bdi>')).toBeLessThan(html.indexOf('<bdi>column9998</bdi>'));
});

const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

test('the gain of the trees has its share and splits by column, or why it is not known', () => {
  const [first, ...others] = income.evaluations;
  const withGain = (gain: EvaluationDocument['gain']) => {
    const { gain: _, ...evaluation } = first!.evaluation;
    return textOf(
      reportHtml({
        ...income,
        evaluations: [{ ...first!, evaluation: { ...evaluation, ...(gain && { gain }) } }, ...others],
      }),
    );
  };
  const columns = [
    { feature: 'age', gain: 1, splits: 1 },
    { feature: 'school', gain: 3, splits: 1200 },
  ];
  expect(withGain({ columns })).toMatch(/school 75.% 1,200 splits age 25.% 1 split /);
  expect(withGain({ columns: [] })).toContain('No tree of the model splits on any column.');
  expect(withGain({ leftOut: 'it is <binary>' })).toContain('Gain of the trees Not known: it is &lt;binary&gt;');
  expect(withGain(undefined)).not.toContain('Gain of the trees');
});
