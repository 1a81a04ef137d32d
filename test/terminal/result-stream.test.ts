import { EventEmitter } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputError } from '../../src/errors.ts';
import { ResultStream } from '../../src/terminal/result-stream.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A pipe that takes what it is given, or fails with a code. */
function pipe(code?: string) {
  const taken: string[] = [];
  const write = (text: string, written: (error?: Error) => void) => {
    taken.push(text);
    const error = code === undefined ? undefined : Object.assign(new Error(code), { code });
    setImmediate(() => written(error));
    return true;
  };
  return { taken, stream: Object.assign(new EventEmitter(), { write }) as never };
}

describe('a stream of results', () => {
  it('waits until a pipe has taken everything', async () => {
    const { stream, taken } = pipe();
    const results = new ResultStream(stream);
    results.write('one');
    results.write('two');
    await results.written();

    expect(taken).toEqual(['one', 'two']);
  });

  it('takes a reader that left for no failure, and writes nothing more', async () => {
    const { stream, taken } = pipe('EPIPE');
    const results = new ResultStream(stream);
    results.write('one');
    await results.written();
    results.write('two');
    await results.written();

    expect(taken).toEqual(['one']);
  });

  it('fails with the reason when a pipe breaks otherwise', async () => {
    const results = new ResultStream(pipe('EIO').stream);
    results.write('one');

    await expect(results.written()).rejects.toThrow(OutputError);
    await expect(results.written()).rejects.toThrow('could not be written to stdout: EIO');
  });

  it('writes to a file by its descriptor, all of it', async () => {
    const path = join(await tempFolder(), 'out');
    const file = Object.assign(new EventEmitter(), { fd: openSync(path, 'w') });
    const results = new ResultStream(file as never);
    results.write('1é');
    results.write('2');
    await results.written();

    expect(await readFile(path, 'utf8')).toBe('1é2');
  });
});
