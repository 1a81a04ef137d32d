const MINUTE_MS = 60_000;
const HOURS_SHOWN_FROM_MINUTES = 120;
const DAYS_SHOWN_FROM_HOURS = 48;

/** `2026-09-15 10:00`, in UTC. */
export function minuteOf(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

/** `2026-09-15`, in UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** `5 min ago`, `3 h ago`, `4 d ago`; a time of the future, by a clock that was wrong, is `0 min ago`. */
export function timeAgo(date: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - date.getTime()) / MINUTE_MS));
  if (minutes < HOURS_SHOWN_FROM_MINUTES) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < DAYS_SHOWN_FROM_HOURS) return `${hours} h ago`;
  return `${Math.round(hours / 24)} d ago`;
}
