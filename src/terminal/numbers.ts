/** `1,234,567`, wherever the program runs. @param maxFractionDigits what is behind is rounded off */
export function formatNumber(value: number, maxFractionDigits = 3): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: maxFractionDigits });
}
