import { describe, expect, it } from 'vitest';
import { StatementError } from '../../src/errors.ts';
import { explainStatement, isStatementsFault } from '../../src/report/statement-text.ts';

const NOWHERE = { position: undefined, detail: undefined, hint: undefined };

function refused(message: string, fault: Partial<StatementError['fault']>, sqlState = '42703') {
  return new StatementError(message, { ...NOWHERE, ...fault }, { sqlState });
}

describe('a statement that PostgreSQL refuses', () => {
  it('is shown with its line and a mark, counted in characters', () => {
    const statement = `SELECT '🚀' AS x,\n  nmae FROM regions`;
    const hint = 'Perhaps you meant "name".';
    const error = refused('column "nmae" does not exist', { position: 20, hint });
    expect(explainStatement(statement, error).split('\n')).toEqual([
      'column "nmae" does not exist',
      'LINE 2:   nmae FROM regions',
      '          ^',
      'HINT: Perhaps you meant "name".',
    ]);
  });

  it('is shown around the place where its line is long', () => {
    const statement = `SELECT ${'1, '.repeat(100)}oops, ${'2, '.repeat(100)}3`;
    const position = statement.indexOf('oops') + 1;
    const [, line = '', mark = ''] = explainStatement(statement, refused('no', { position })).split(
      '\n',
    );
    expect(line.length).toBeLessThan(110);
    expect(line).toMatch(/^LINE 1: \.\.\..*oops.*\.\.\.$/);
    expect(line.slice(mark.indexOf('^'), mark.indexOf('^') + 4)).toBe('oops');
  });

  it('is told how it must begin, where it begins with something else', () => {
    const error = refused('syntax error at or near "DROP"', { position: 3 }, '42601');
    expect(explainStatement('  DROP TABLE contracts', error)).toMatch(
      /HINT: a statement begins with SELECT, WITH, VALUES or TABLE$/,
    );
    const later = refused('syntax error at or near "FORM"', { position: 10 }, '42601');
    expect(explainStatement('SELECT * FORM contracts', later)).not.toContain('HINT');
  });

  it.each([
    ['cannot insert multiple commands into a prepared statement', 'only one statement'],
    ['DECLARE CURSOR must not contain data-modifying statements in WITH', 'may only read'],
  ])('is told of in its own terms: %s', (message, words) => {
    expect(explainStatement('SELECT 1', refused(message, {}))).toContain(words);
  });

  it.each([
    ['42703', true],
    ['22012', true],
    ['25006', true],
    ['0A000', true],
    ['42501', false],
    ['57014', false],
    ['53200', false],
    ['08006', false],
  ])('with SQLSTATE %s is itself at fault: %s', (sqlState, isAtFault) => {
    expect(isStatementsFault(refused('no', {}, sqlState))).toBe(isAtFault);
  });
});
