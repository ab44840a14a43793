import * as z from 'zod';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `15m`, `1h`, `2d` or a number of seconds; the parsed value is whole seconds within [min, max]. */
export const durationSeconds = ({ min, max }: { min: number; max: number }) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,9}[smhd]$/, 'a duration such as 90s, 15m, 1h or 2d')])
    .transform((value) =>
      typeof value === 'number' ? value : Number(value.slice(0, -1)) * (unitSeconds[value.slice(-1)] ?? 1),
    )
    .pipe(z.int().min(min).max(max));
