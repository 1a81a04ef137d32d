import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ArchiveError, codeOf, reasonOf, UsageError } from '../errors.ts';
import type { ArchiveWeb } from './archive-web.ts';

/** An archive somewhere. */
export interface ArchiveSource {
  /** The file or URL, as people know it. */
  readonly name: string;
  /** When it was made, as its name tells; undefined where that does not. */
  readonly takenAt: Date | undefined;
  /** Packed; undefined where nobody knows before it is read. */
  readonly bytes: number | undefined;
  /**
   * Begins to read it.
   *
   * @param etag of the answer that was imported before
   * @returns undefined when it has not changed since
   * @throws ArchiveError when it cannot be had
   */
  open(etag: string | undefined, signal: AbortSignal): Promise<OpenedArchive | undefined>;
}

/** An archive on its way. */
export interface OpenedArchive {
  readonly packed: AsyncIterable<Uint8Array>;
  /** Of a URL. */
  readonly etag: string | undefined;
}

/** Where archives may come from. */
export interface SourceParts {
  readonly web: ArchiveWeb;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

const ARCHIVE = /\.tar\.bz2$/;
const TIME_IN_NAME = /(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)/;
const STDIN = '-';
const INDEX = 'index.json';
/** A year has 366 days, each with a folder of its own. */
const MAX_FOLDERS = 1000;

/**
 * Finds the archives that files, folders, `-` and http(s) URLs of archives, folders and their indexes
 * name, the oldest first; those whose names tell no time come last.
 *
 * @throws UsageError for what is no archive, or is not there; ArchiveError for an index that cannot be had
 */
export async function findArchives(
  places: readonly string[],
  parts: SourceParts,
): Promise<ArchiveSource[]> {
  const found: ArchiveSource[] = [];
  for (const place of places) found.push(...(await archivesAt(place, parts)));
  const unique = new Map(found.map((source) => [source.name, source]));
  return [...unique.values()].sort((a, b) => timeOf(a) - timeOf(b));
}

/** The first of each span of time; all whose names tell no time. */
export function sampled(sources: readonly ArchiveSource[], everyMs: number): ArchiveSource[] {
  const spans = new Set<number>();
  return sources.filter(({ takenAt }) => {
    if (takenAt === undefined) return true;
    const span = Math.floor(takenAt.getTime() / everyMs);
    const isFirst = !spans.has(span);
    spans.add(span);
    return isFirst;
  });
}

function timeOf({ takenAt }: ArchiveSource): number {
  return takenAt?.getTime() ?? Number.POSITIVE_INFINITY;
}

async function archivesAt(place: string, parts: SourceParts): Promise<ArchiveSource[]> {
  if (place === STDIN) return [fromStdin(parts.stdin)];
  if (/^https?:\/\//i.test(place)) return archivesAtUrl(place, parts);
  const stats = await stat(place).catch((error: unknown) => {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file or folder' : reasonOf(error);
    throw new UsageError(`${place}: ${reason}`, { cause: error });
  });
  if (!stats.isDirectory()) return [fromFile(place, stats.size)];
  const names = await readdir(place, { recursive: true });
  const files = names.filter((name) => ARCHIVE.test(name)).map((name) => join(place, name));
  if (files.length === 0) throw new UsageError(`${place}: there is no .tar.bz2 in it`);
  return Promise.all(files.map(async (file) => fromFile(file, (await stat(file)).size)));
}

async function archivesAtUrl(
  place: string,
  { web, signal }: SourceParts,
): Promise<ArchiveSource[]> {
  if (!URL.canParse(place)) throw new UsageError(`${place}: this is no URL`);
  const url = new URL(place);
  if (ARCHIVE.test(url.pathname)) return [fromUrl(url.href, undefined, web)];
  if (!url.pathname.endsWith(INDEX)) url.pathname = `${url.pathname.replace(/\/$/, '')}/${INDEX}`;
  const archives: ArchiveSource[] = [];
  const waiting = [url.href];
  for (const [count, index] of waiting.entries()) {
    if (count > MAX_FOLDERS) throw new ArchiveError(`${place}: it has more than 1,000 folders`);
    const { files, directories } = await web.index(index, signal);
    waiting.push(...directories.filter((folder) => !waiting.includes(folder)));
    archives.push(
      ...files
        .filter((file) => ARCHIVE.test(file.url))
        .map((file) => fromUrl(file.url, file.size, web)),
    );
  }
  if (archives.length === 0) throw new UsageError(`${place}: its index names no .tar.bz2`);
  return archives;
}

function fromStdin(stdin: AsyncIterable<Uint8Array>): ArchiveSource {
  return {
    name: 'stdin',
    takenAt: undefined,
    bytes: undefined,
    open: async () => ({ packed: stdin, etag: undefined }),
  };
}

function fromFile(path: string, bytes: number): ArchiveSource {
  return {
    name: path,
    takenAt: takenAtIn(basename(path)),
    bytes,
    open: async () => ({ packed: createReadStream(path), etag: undefined }),
  };
}

function fromUrl(url: string, bytes: number | undefined, web: ArchiveWeb): ArchiveSource {
  return {
    name: url,
    takenAt: takenAtIn(basename(new URL(url).pathname)),
    bytes,
    open: (etag, signal) => web.archive(url, etag, signal),
  };
}

function takenAtIn(name: string): Date | undefined {
  const [, day, hours, minutes, seconds] = TIME_IN_NAME.exec(name) ?? [];
  const time = new Date(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Names a source in the database: a folder may be called from anywhere. */
export function sourceId({ name }: ArchiveSource): string {
  return /^https?:/i.test(name) || name === 'stdin' ? name : pathToFileURL(name).href;
}
