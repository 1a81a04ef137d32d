/** A table as it is printed: Markdown, so that it can go into BENCHMARKS.md as it is. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One figure beside its goal. */
export interface GoalCheck {
  /** Number of the goal in BENCHMARKS.md. */
  readonly goal: number;
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly direction: 'at most' | 'at least';
  readonly isMet: boolean;
}

/** What a part of the benchmark found. */
export interface PartResult {
  readonly tables: readonly Table[];
  readonly goals: readonly GoalCheck[];
  /** Everything measured, for bench-results.json. */
  readonly data: unknown;
}

export function atMost(goal: number, what: string, value: number, limit: number): GoalCheck {
  return { goal, what, value, limit, direction: 'at most', isMet: value <= limit };
}

export function atLeast(goal: number, what: string, value: number, limit: number): GoalCheck {
  return { goal, what, value, limit, direction: 'at least', isMet: value >= limit };
}

export function goalTable(goals: readonly GoalCheck[]): Table {
  const rows = goals.map(({ goal, what, value, limit, direction, isMet }) => [
    `${goal}. ${what}`,
    figure(value),
    `${direction} ${figure(limit)}`,
    isMet ? 'yes' : '**no**',
  ]);
  return { title: 'Goals', head: ['', 'measured', 'goal', 'met'], rows };
}

export function formatTable({ title, head, rows }: Table): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [`**${title}**`, '', line(head), line(rule), ...rows.map(line), ''].join('\n');
}

/** Numbers to the right, the names in the first column to the left. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** About three digits; whole numbers in full. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return value.toFixed(0);
  if (Math.abs(value) >= 100) return value.toFixed(1);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function megabytes(bytes: number): string {
  return figure(bytes / 1e6);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
