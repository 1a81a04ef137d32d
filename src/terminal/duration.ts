const MINUTE_S = 60;
const HOUR_S = 3600;

/** "12.3 s", "754.3 s": how long something took, where one looks for the exact figure. */
export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** "0.4 s", "12.3 s", "2 min 5 s", "1 h 5 min": how long something took. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < MINUTE_S * 1000 - 50) return formatSeconds(milliseconds);
  return formatWholeSeconds(Math.round(milliseconds / 1000));
}

/** "1 s", "12 s", "2 min 5 s", "1 h 5 min": how long something will take, never 0. */
export function formatTimeLeft(milliseconds: number): string {
  return formatWholeSeconds(Math.max(1, Math.ceil(milliseconds / 1000)));
}

function formatWholeSeconds(seconds: number): string {
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return pair(seconds, MINUTE_S, 'min', 's', 1);
  return pair(seconds, HOUR_S, 'h', 'min', MINUTE_S);
}

function pair(seconds: number, large: number, largeUnit: string, smallUnit: string, small: number) {
  const rest = Math.floor((seconds % large) / small);
  const whole = `${Math.floor(seconds / large)} ${largeUnit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}
