import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { paint, terminalOf } from '../../src/terminal/terminal.ts';

const TTY = { isTTY: true, columns: 80 };
// What Node gives for a pipe, whatever its types say.
const PIPE = {} as typeof TTY;

it.each([
  ['a terminal', TTY, {}, true],
  ['a pipe', PIPE, {}, false],
  ['a terminal with NO_COLOR', TTY, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', TTY, { NO_COLOR: '' }, true],
  ['a pipe with FORCE_COLOR', PIPE, { FORCE_COLOR: '1' }, true],
  ['a terminal with FORCE_COLOR=0', TTY, { FORCE_COLOR: '0' }, false],
  ['a pipe with both', PIPE, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['a terminal that knows no colours', TTY, { TERM: 'dumb' }, false],
])('%s gets colours where they can be shown', (_, stream, environment, expected) => {
  const terminal = terminalOf(stream, environment);

  expect(terminal.hasColors).toBe(expected);
  expect(paint('text', 'red', terminal) !== 'text').toBe(expected);
  expect(stripVTControlCharacters(paint('text', 'red', terminal))).toBe('text');
});

it('only a terminal that tells its width has one', () => {
  expect(terminalOf(TTY, {})).toMatchObject({ isTerminal: true, columns: 80 });
  expect(terminalOf({ isTTY: true, columns: 0 }, {}).columns).toBeUndefined();
  expect(terminalOf(PIPE, {})).toMatchObject({ isTerminal: false, columns: undefined });
});
