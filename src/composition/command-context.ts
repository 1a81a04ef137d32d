import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../terminal/logging.ts';
import type { ResultStream } from '../terminal/result-stream.ts';
import type { Screen } from '../terminal/screen.ts';
import type { Adapters } from './adapters.ts';

/** What every command gets from the process. */
export interface CommandContext {
  readonly config: Config;
  /** What is wrong with the settings; only `doctor` works although there is something. */
  readonly settingFaults: readonly string[];
  /** Texts that must get out nowhere. */
  readonly secrets: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly runId: string;
  /** Variables that are no settings of ours: proxies. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM, with an InterruptedError as its reason. */
  readonly interrupt: AbortSignal;
  readonly adapters: Adapters;
  /** What comes in from outside, from its beginning; nobody has read of it before. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Takes the result of the command; whether all of it arrives is told after the command. */
  readonly stdout: Pick<ResultStream, 'isTTY' | 'columns' | 'isBroken' | 'write' | 'settled'>;
  /** stderr: what the logger and the progress bar write to. */
  readonly screen: Screen;
}
