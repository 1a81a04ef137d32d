import type { StatementError } from '../errors.ts';
import { plainText } from '../terminal/plain-text.ts';

const SYNTAX_ERROR = '42601';
/** Of a line, so much is shown around the place. */
const SHOWN_BEFORE = 50;
const SHOWN_AFTER = 40;

/** What PostgreSQL says in terms of how the statement was asked → in terms of the statement. */
const OUR_WORDS: readonly (readonly [says: RegExp, words: string])[] = [
  [/multiple commands/, 'only one statement can be asked at a time'],
  [/^DECLARE CURSOR must not contain data-modifying/, 'the statement may only read'],
];
const BEGINNINGS = 'a statement begins with SELECT, WITH, VALUES or TABLE';

/** What is the matter with a statement, and where, as psql tells it. */
export function explainStatement(statement: string, error: StatementError): string {
  const { position, detail, hint = hintFor(statement, error) } = error.fault;
  return [
    OUR_WORDS.find(([says]) => says.test(error.message))?.[1] ?? error.message,
    ...(position === undefined ? [] : placeOf(statement, position)),
    ...(detail === undefined ? [] : [`DETAIL: ${detail}`]),
    ...(hint === undefined ? [] : [`HINT: ${hint}`]),
  ].join('\n');
}

/** Where not even the first word is right, it is likely to be of another kind of statement. */
function hintFor(statement: string, { sqlState, fault }: StatementError): string | undefined {
  const isAtStart = statement.slice(0, (fault.position ?? 0) - 1).trim() === '';
  return sqlState === SYNTAX_ERROR && fault.position !== undefined && isAtStart
    ? BEGINNINGS
    : undefined;
}

/** The line, and a mark below the place. */
function placeOf(statement: string, position: number): string[] {
  // PostgreSQL counts characters, not UTF-16 units.
  const before = [...statement].slice(0, position - 1).join('');
  const lineNumber = before.split('\n').length;
  const line = [...(statement.split('\n')[lineNumber - 1] ?? '')];
  const column = [...(before.split('\n').at(-1) ?? '')].length;
  const start = Math.max(0, column - SHOWN_BEFORE);
  const end = column + SHOWN_AFTER;
  const shown = plainText(line.slice(start, end).join(''));
  const head = `LINE ${lineNumber}: ${start > 0 ? '...' : ''}`;
  const tail = end < line.length ? '...' : '';
  return [`${head}${shown}${tail}`, `${' '.repeat(head.length + column - start)}^`];
}

/** SQLSTATE classes in which the statement is at fault, not the database. */
const STATEMENTS_FAULTS = /^(0A|2[0-2F]|25006|34|42|54|P0)/;
/** SQLSTATE `insufficient_privilege`. */
const NO_RIGHT = '42501';

/** Whether a statement has to be written otherwise. */
export function isStatementsFault({ sqlState = '' }: StatementError): boolean {
  return sqlState !== NO_RIGHT && STATEMENTS_FAULTS.test(sqlState);
}
