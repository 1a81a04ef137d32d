import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** A place in a built file: `file:///app/dist/run-KDWHF7CL.js:1:2345`. */
const PLACE = /(file:\/\/\S+\/dist\/[\w.-]+\.js):(\d+):(\d+)/g;

/**
 * A stack that names files and lines of the sources. What the build knows of them is read here, with
 * the first error, as reading it at the start would cost every start.
 */
export function sourceStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replaceAll(PLACE, (place, file: string, line: string, column: string) => {
    if (!maps.has(file)) maps.set(file, readSourceMap(`${file}.map`));
    const origin = maps.get(file)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return place;
    return `${new URL(origin.fileName, file).href}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

function readSourceMap(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(url), 'utf8')));
  } catch {
    // A stack of the built files says more than none.
    return undefined;
  }
}
