import { describe, expect, it } from 'vitest';
import { Screen } from '../../src/terminal/screen.ts';

const ERASE = '\r\u001b[K';

function createScreen({ isTTY = true, environment = {} } = {}) {
  const writes: string[] = [];
  const write = (text: string) => writes.push(text) > 0;
  const stream = { isTTY, columns: 80, write } as unknown as NodeJS.WriteStream;
  return { screen: new Screen(stream, environment), writes };
}

describe('a screen', () => {
  it('draws its line again where it stands, when it changes', () => {
    const { screen, writes } = createScreen();
    screen.show('one');
    screen.show('one');
    screen.show('two');

    expect(writes).toEqual([`${ERASE}one`, `${ERASE}two`]);
  });

  it('writes a log line above it, in one piece', () => {
    const { screen, writes } = createScreen();
    screen.show('bar');
    screen.write('log\n');
    screen.clear();
    screen.clear();
    screen.write('log\n');

    expect(writes).toEqual([`${ERASE}bar`, `${ERASE}log\nbar`, ERASE, 'log\n']);
  });

  it('shows nothing any more after its end', () => {
    const { screen, writes } = createScreen();
    screen.show('bar');
    screen.end('stopping\n');
    screen.show('bar');
    screen.write('log\n');

    expect(writes).toEqual([`${ERASE}bar`, ERASE, `${ERASE}stopping\n`, 'log\n']);
  });

  it.each([
    { of: 'no terminal', isTTY: false, environment: {} },
    { of: 'a dumb one', isTTY: true, environment: { TERM: 'dumb' } },
  ])('of $of has only lines that stay', (options) => {
    const { screen, writes } = createScreen(options);
    screen.show('bar');
    screen.write('log\n');
    screen.clear();
    screen.end('stopping\n');

    expect(screen.canRedraw).toBe(false);
    expect(writes).toEqual(['log\n', 'stopping\n']);
  });
});
