import { createLogger, type Logger } from '../../src/terminal/logging.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A logger as the program's own, whose lines a test can read. */
export function recordLog(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as LogLine);
  const logger = createLogger({ level: 'debug', runId: 'test', pretty: false, secrets: [], write });
  return { logger, lines };
}
