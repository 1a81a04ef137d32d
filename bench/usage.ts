import { readFileSync } from 'node:fs';

/** What a measured process used. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  /** When the measured time began, in milliseconds since 1970. */
  readonly startedAtMs: number;
}

/**
 * The most memory that this process has held. Not `maxRSS` of getrusage: that one begins with what
 * the starting process held.
 */
export function peakMegabytes(): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
