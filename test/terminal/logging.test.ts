import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.ts';
import { createLogger, type LoggingOptions, redact } from '../../src/terminal/logging.ts';

const RUN_ID = '3f2b8a52-7f43-4a4e-9d2c-6a0c5b1d2e3f';

function capture(options: Partial<LoggingOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    runId: RUN_ID,
    pretty: false,
    secrets: [],
    write: (line) => lines.push(line),
    ...options,
  });
  const objects = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, objects };
}

describe('a log line', () => {
  it('is one JSON object with time, run, level and message', () => {
    const { logger, lines, objects } = capture();

    logger.info({ regionId: 10_000_002, done: true, rows: [1, 2] }, 'region done');

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(objects()[0]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
      runId: RUN_ID,
      regionId: 10_000_002,
      done: true,
      rows: [1, 2],
      msg: 'region done',
    });
  });

  it('has its level as a word, and the run in every one', () => {
    const { logger, objects } = capture();
    logger.fatal('1');
    logger.error('2');
    logger.warn('3');
    logger.info('4');
    logger.debug('5');
    logger.child({ regionId: 7 }).info('6');

    const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'info'];
    expect(objects().map(({ level }) => level)).toEqual(levels);
    expect(objects().map(({ runId }) => runId)).toEqual(levels.map(() => RUN_ID));
    expect(objects()[5]).toMatchObject({ regionId: 7, msg: '6' });
  });

  it.each([
    { level: 'warn', written: ['1', '2', '3'] },
    { level: 'fatal', written: ['1'] },
    { level: 'silent', written: [] },
  ])('is left out below the level $level', ({ level, written }) => {
    const { logger, objects } = capture({ level });
    logger.fatal('1');
    logger.error('2');
    logger.warn('3');
    logger.info('4');

    expect(objects().map(({ msg }) => msg)).toEqual(written);
  });

  it('tells an error with stack and cause', () => {
    const { logger, objects } = capture();
    const cause = new Error('connection refused');

    logger.error({ error: new DatabaseError('gone', { sqlState: '08006', cause }) }, 'failed');

    expect(objects()[0]?.['error']).toMatchObject({
      type: 'DatabaseError',
      message: expect.stringContaining('connection refused'),
      stack: expect.stringContaining('logging.test.ts'),
      sqlState: '08006',
    });
  });
});

describe('a secret', () => {
  const secrets = ['hunter2', 'p@ss'];

  it('never reaches a line, wherever it stands', () => {
    const { logger, lines, objects } = capture({ secrets });
    const error = new Error('cannot reach postgres://u:hunter2@h', { cause: new Error('p@ss') });
    logger
      .child({ url: 'redis://:p@ss@h' })
      .error(
        { error, nested: { deep: ['hunter2 and hunter2', { text: 'a p@ss' }] } },
        'no answer from hunter2',
      );

    expect(lines.join()).not.toMatch(/hunter2|p@ss/);
    expect(objects()[0]).toMatchObject({
      level: 'error',
      runId: RUN_ID,
      url: 'redis://:[redacted]@h',
      msg: 'no answer from [redacted]',
      nested: { deep: ['[redacted] and [redacted]', { text: 'a [redacted]' }] },
    });
  });

  it('never reaches a line for people', () => {
    const { logger, lines } = capture({ secrets, pretty: true });
    const error = new Error('cannot reach postgres://u:hunter2@h', { cause: new Error('p@ss') });
    logger.fatal({ url: 'redis://:p@ss@h', error }, 'no answer from hunter2');

    expect(lines.join()).toContain('no answer from [redacted]');
    expect(lines.join()).not.toMatch(/hunter2|p@ss/);
  });

  it('of digits leaves numbers alone, and the line whole', () => {
    const { logger, objects } = capture({ secrets: ['42', '"', 'true'] });

    logger.info({ contractId: 1_423_442, flag: true, text: 'port 42 "open"' }, 'ok');

    expect(objects()[0]).toMatchObject({
      contractId: 1_423_442,
      flag: true,
      text: 'port [redacted] [redacted]open[redacted]',
      msg: 'ok',
    });
  });
});

describe('a line for people', () => {
  it('has time, level, message and fields, without the run, and is written at once', () => {
    const { logger, lines } = capture({ pretty: true });
    logger.warn({ regionId: 10_000_002 }, 'closing is held back');

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN: closing is held back \(region 10000002\)\n$/);
  });

  it('has colours only where they were asked for', () => {
    const { logger, lines } = capture({ pretty: true, hasColors: true });
    logger.info('one');
    logger.warn('two');

    expect(lines[0]).toContain('\u001b[32mINFO');
    expect(lines[1]).toContain('\u001b[33mWARN');
    expect(lines.map(stripVTControlCharacters).join('')).toMatch(
      /^\S+ INFO: one\n\S+ WARN: two\n$/,
    );
  });

  it.each([
    { level: 'info', hasStack: false },
    { level: 'debug', hasStack: true },
    { level: 'trace', hasStack: true },
  ])('at the level $level has the stack of any error: $hasStack', ({ level, hasStack }) => {
    const { logger, lines } = capture({ pretty: true, level });
    logger.error({ error: new DatabaseError('gone') }, 'failed');

    expect(lines[0]).toMatch(/ERROR: failed: gone\n/);
    expect(lines.join('').includes('logging.test.ts')).toBe(hasStack);
  });
});

describe('redaction', () => {
  it.each([
    { of: 'a text', value: 'a hunter2 b', expected: 'a [redacted] b' },
    { of: 'a list', value: ['hunter2', 7], expected: ['[redacted]', 7] },
    { of: 'an object', value: { a: { b: 'hunter2' } }, expected: { a: { b: '[redacted]' } } },
    { of: 'a number', value: 7, expected: 7 },
    { of: 'null', value: null, expected: null },
    { of: 'nothing', value: undefined, expected: undefined },
    { of: 'a flag', value: false, expected: false },
  ])('of $of replaces texts and keeps the rest', ({ value, expected }) => {
    expect(redact(value, ['hunter2'])).toEqual(expected);
  });

  it('leaves our own words alone where a password is one of them', () => {
    const url = 'postgres://run:run@info/run?password=run';

    expect(redact(`run failed: ${url} info`, ['run'])).toBe(
      'run failed: postgres://run:[redacted]@info/run?password=[redacted] info',
    );
    const { logger, objects } = capture({ secrets: ['info', RUN_ID] });
    logger.info('info');
    expect(objects()[0]).toMatchObject({ level: 'info', runId: RUN_ID, msg: 'info' });
  });

  it('takes a secret as it is, not as a pattern', () => {
    expect(redact('a.c abc $& a+', ['a.c', '$&', 'a+'])).toBe(
      '[redacted] abc [redacted] [redacted]',
    );
  });

  it('does nothing without secrets', () => {
    expect(redact({ a: 'b' }, [])).toEqual({ a: 'b' });
  });
});
