/** `1,234,567`, wherever the program runs. @param maxFractionDigits what is behind is rounded off */
export function formatNumber(value: number, maxFractionDigits = 3): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: maxFractionDigits });
}

/** `1 migration`, `1,234 migrations`. @param plural where it is not the noun with an s */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `0 B`, `1.2 GB`; thousands, as disks are sold. */
export function formatBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const digits = step < 3 ? 0 : 1;
  return `${formatNumber(bytes / 1000 ** step, digits)} ${UNITS[step]}`;
}
