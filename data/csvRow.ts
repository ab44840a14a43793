/** One line of CSV for people, without line break: a cell is quoted where it would not come back as it is. */
export const csvRow = (cells: readonly string[]): string =>
  cells.map((cell) => (/[",;|\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
