import { defineCommand } from '../cli/command.ts';
import { duration } from '../cli/parsers.ts';
import type { SessionUse } from '../composition/adapters.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { StatementError, UsageError } from '../errors.ts';
import type { AnswerFormat, AnswerPrinter } from '../report/answer-text.ts';
import { formatDuration } from '../terminal/duration.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { withTimeLimit } from '../time-limit.ts';

const FORMATS = ['table', 'csv', 'json', 'ndjson'] as const satisfies readonly AnswerFormat[];
/** Rows in memory at once. */
const PAGE_ROWS = 1000;
const TIME_LIMIT_MS = 60_000;
/** The server ends what goes on after the command has given it up. */
const SERVER_GRACE_MS = 1000;

export const sqlCommand = defineCommand({
  name: 'sql',
  description: 'answer of one SELECT, from either database',
  arguments: {
    statement: {
      value: '<statement>',
      description: 'a SELECT, WITH, VALUES or TABLE; - reads stdin',
    },
  },
  options: {
    format: {
      value: '<format>',
      description: 'how to print',
      choices: FORMATS,
      byDefault: 'table',
    },
    json: { description: 'the same as --format json', conflictsWith: 'format' },
    timeLimit: {
      value: '<duration>',
      description: 'give up after this time',
      parse: duration,
      byDefault: TIME_LIMIT_MS,
      byDefaultMeans: '1m',
    },
  },
  examples: [
    `contracts-agg sql "SELECT hull, min(price_each) FROM ship_offers GROUP BY hull"`,
    'contracts-agg sql --format csv "TABLE region_coverage"',
    'echo "SELECT hull, price_each FROM ship_offers" | contracts-agg sql -',
  ],
  notes: `The statement runs in a transaction that can only read. Times are in UTC. Tables and CSV leave out of
texts what would steer a terminal or a spreadsheet, and tables shorten long ones; JSON keeps all.`,
  onlyReads: true,

  async handle(context, { statement, format, json, timeLimit }) {
    const text = statement === '-' ? await readText(context.stdin) : statement;
    if (text.trim() === '') throw new UsageError('the statement is empty');
    const { answerPrinter } = await import('../report/answer-text.ts');
    const terminal = terminalOf(context.stdout, context.environment);
    const printer = answerPrinter(json ? 'json' : format, terminal);
    const tooLong = `the statement took longer than ${formatDuration(timeLimit)}: --time-limit gives it more`;
    const ask = (timeIsUp: AbortSignal) => {
      const signal = AbortSignal.any([timeIsUp, context.interrupt]);
      const use = { signal, statementTimeoutMs: timeLimit + SERVER_GRACE_MS };
      return printAnswer(text, printer, context, use);
    };
    await withTimeLimit(context.clock, timeLimit, ask, tooLong);
    return 0;
  },
});

/** @throws UsageError that shows the place, when the statement has to be written otherwise */
async function printAnswer(
  statement: string,
  printer: AnswerPrinter,
  context: CommandContext,
  use: SessionUse,
): Promise<void> {
  const { withReadSession } = await import('../composition/compose-session.ts');
  const { pagesOf } = await import('../database/session/read-session.ts');
  const { explainStatement, isStatementsFault } = await import('../report/statement-text.ts');
  const { stdout } = context;
  try {
    await withReadSession(context, use, async (session) => {
      for await (const page of pagesOf(session, statement, PAGE_ROWS)) {
        stdout.write(printer.page(page));
        await stdout.settled();
        if (stdout.isBroken) return;
      }
      stdout.write(printer.end());
    });
  } catch (error) {
    if (!(error instanceof StatementError) || !isStatementsFault(error)) throw error;
    throw new UsageError(explainStatement(statement, error), { cause: error });
  }
}

/** @throws UsageError for what is no text */
async function readText(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stdin) pieces.push(piece);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw new UsageError('the statement on stdin is not UTF-8', { cause: error });
  }
}
