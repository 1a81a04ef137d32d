import { describe, expect, it } from 'vitest';
import { type LogRecord, readableMessage } from '../../src/terminal/readable-log.ts';

const ESCAPE = '\u001b';

function errorOf(type: string, message: string, more: object = {}) {
  return { type, message, stack: `${type}: ${message}\n    at place`, ...more };
}

function record(fields: LogRecord): LogRecord {
  return { level: 'error', time: '2026-09-08T12:00:00Z', runId: 'run', msg: 'odd', ...fields };
}

describe('a message for people', () => {
  it.each([
    { of: 'a bare message', fields: {}, line: 'odd' },
    {
      of: 'ids',
      fields: { regionId: 7, contractId: 8, typeId: 9 },
      line: 'odd (region 7, contract 8, type 9)',
    },
    {
      of: 'other fields',
      fields: { rows: 3, applied: ['a', 'b'], deep: { a: 1 } },
      line: 'odd (rows 3, applied a b, deep {"a":1})',
    },
    {
      of: 'a reason',
      fields: { contractId: 8, reason: 'broken' },
      line: 'odd (contract 8): broken',
    },
    {
      of: 'a known error',
      fields: { error: errorOf('EsiError', 'GET /x: status 500') },
      line: 'odd: GET /x: status 500',
    },
    {
      of: 'an error that the message tells',
      fields: { msg: 'so: gone; do that', error: errorOf('DatabaseError', 'gone') },
      line: 'so: gone; do that',
    },
    {
      of: 'an error of the system',
      fields: { level: 'fatal', error: errorOf('Error', 'connect', { code: 'ECONNREFUSED' }) },
      line: 'odd: connect',
    },
    {
      of: 'a summary',
      fields: { summary: { outcome: 'partial', exitCode: 1, runId: 'run' } },
      line: 'odd (partial, exit code 1)',
    },
    { of: 'breaks', fields: { msg: 'a\nb', reason: 'c\r\nd' }, line: 'a b: c  d' },
    {
      of: 'what steers a terminal',
      fields: { msg: `a${ESCAPE}[2Jb`, title: `${ESCAPE}[31mred` },
      line: 'ab (title red)',
    },
    { of: 'no message', fields: { msg: undefined, regionId: 7 }, line: ' (region 7)' },
  ])('with $of is one line', ({ fields, line }) => {
    expect(readableMessage(record(fields), false)).toBe(line);
  });

  it.each([
    { type: 'TypeError', level: 'warn', hasStack: true },
    { type: 'RangeError', level: 'error', hasStack: true },
    { type: 'Error', level: 'fatal', hasStack: true },
    { type: 'Error', level: 'error', hasStack: false },
    { type: 'EsiError', level: 'fatal', hasStack: false },
  ])('of a $type at the level $level has a stack: $hasStack', ({ type, level, hasStack }) => {
    const text = readableMessage(record({ level, error: errorOf(type, 'why') }), false);

    expect(text).toBe(hasStack ? `odd: why\n${type}: why\n    at place` : 'odd: why');
  });

  it('has every stack where more is asked for', () => {
    const text = readableMessage(record({ error: errorOf('EsiError', 'why') }), true);

    expect(text).toBe('odd: why\nEsiError: why\n    at place');
  });
});
