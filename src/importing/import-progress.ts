import type { ArchiveSource } from '../archive/archive-source.ts';
import type { Clock } from '../clock.ts';
import { formatTimeLeft } from '../terminal/duration.ts';
import type { Logger } from '../terminal/logging.ts';
import { formatNumber } from '../terminal/numbers.ts';
import type { Screen } from '../terminal/screen.ts';
import { minuteOf } from '../terminal/times.ts';

const REDRAW_MS = 200;
const LOG_MS = 60_000;

/** What progress is told with. */
export interface ImportProgressParts {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly screen: Pick<Screen, 'show' | 'clear' | 'canRedraw'>;
  readonly logger: Pick<Logger, 'info'>;
  /** A line that changes is wanted, and not only one of the log now and then. */
  readonly isShown: boolean;
}

/** How far the archives have been read: a line on a terminal, elsewhere one in the log each minute. */
export class ImportProgress {
  readonly #parts: ImportProgressParts;
  readonly #startedAtMs: number;
  #archives = 0;
  #done = 0;
  #current: ArchiveSource | undefined;
  #bytes = 0;
  #toldAtMs: number;

  constructor(parts: ImportProgressParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.monotonicMs();
    this.#toldAtMs = this.#startedAtMs;
  }

  /** So many archives are to be read. */
  start(archives: number): void {
    this.#archives = archives;
  }

  begin(source: ArchiveSource): void {
    this.#current = source;
    this.#bytes = 0;
    this.#tell();
  }

  /** Counts what is read of the current archive. */
  async *counted(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of packed) {
      this.#bytes += piece.length;
      this.#tell();
      yield piece;
    }
  }

  /** The current archive is stored, or passed over. */
  done(): void {
    this.#done += 1;
    this.#current = undefined;
  }

  stop(): void {
    this.#parts.screen.clear();
  }

  #tell(): void {
    const { clock, screen, logger, isShown } = this.#parts;
    const nowMs = clock.monotonicMs();
    const isDue = nowMs - this.#toldAtMs >= (isShown ? REDRAW_MS : LOG_MS);
    if (!isDue) return;
    this.#toldAtMs = nowMs;
    const line = this.#line(nowMs - this.#startedAtMs);
    if (isShown) screen.show(line);
    else logger.info({ archivesDone: this.#done, archives: this.#archives }, line);
  }

  #line(elapsedMs: number): string {
    const share = this.#share();
    const time = this.#current?.takenAt;
    return [
      `archive ${formatNumber(this.#done + 1)} of ${formatNumber(this.#archives)}`,
      ...(time === undefined ? [] : [minuteOf(time)]),
      `${Math.floor(share * 100)} %`,
      // The first bytes tell nothing of how long it takes.
      ...(share > 0.02 ? [`${formatTimeLeft((elapsedMs * (1 - share)) / share)} left`] : []),
    ].join(', ');
  }

  #share(): number {
    const bytes = this.#current?.bytes ?? 0;
    const ofCurrent = bytes > 0 ? Math.min(1, this.#bytes / bytes) : 0;
    return (this.#done + ofCurrent) / Math.max(1, this.#archives);
  }
}
