const snakeNames = new Map<string, string>();

/** Rows of ours as one JSON parameter: names in snake case, dates as ISO text in UTC. */
export function jsonRows(rows: readonly object[]): string {
  return JSON.stringify(rows.map(toSnakeCase));
}

function toSnakeCase(row: object): Record<string, unknown> {
  const snake: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) snake[snakeName(name)] = value;
  return snake;
}

function snakeName(name: string): string {
  const known = snakeNames.get(name);
  if (known !== undefined) return known;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  snakeNames.set(name, snake);
  return snake;
}
