import type { SqlExecutor } from './database.ts';

interface JsonAnswer {
  readonly rows: string;
}

/** Reads what a statement gives as one JSON text named `rows`: one value to convert, not thousands. */
export async function readJsonRows<Row>(
  executor: SqlExecutor,
  statement: string,
  ...values: readonly unknown[]
): Promise<Row[]> {
  const [answer] = await executor.query<JsonAnswer>(statement, ...values);
  return JSON.parse(answer?.rows ?? '[]') as Row[];
}

/** SQL for a JSON object. @param fields name → expression */
export function jsonObject(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([name, expression]) => `'${name}', ${expression}`);
  return `json_build_object(${pairs.join(', ')})`;
}
