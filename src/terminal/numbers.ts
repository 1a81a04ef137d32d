/** `1,234,567`, wherever the program runs. @param maxFractionDigits what is behind is rounded off */
export function formatNumber(value: number, maxFractionDigits = 3): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: maxFractionDigits });
}

/** `1 migration`, `1,234 migrations`. @param plural where it is not the noun with an s */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}
