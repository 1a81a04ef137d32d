import bitReader from 'unbzip2-stream/lib/bit_iterator.js';
import decoder from 'unbzip2-stream/lib/bzip2.js';
import { ArchiveError, reasonOf } from '../errors.ts';

const BLOCK_UNIT_BYTES = 100_000;
/** A block hardly grows by being packed: so much more than its size is there, and it can be unpacked. */
const BLOCK_SLACK_BYTES = 25_000;
const HEADER_BYTES = 4;
const PIECE_BYTES = 65_536;

/**
 * Unpacks bzip2, block by block. The library's own stream makes a list of numbers of each block, which
 * takes twice the time and 150 MB more.
 *
 * @throws ArchiveError when it is cut off, broken, or none
 */
export async function* unbzip2(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacking = new Unpacking();
  for await (const bytes of packed) {
    unpacking.push(bytes);
    while (unpacking.hasWholeBlock) yield* unpacking.next();
  }
  while (unpacking.hasMore) yield* unpacking.next();
  unpacking.assertEnded();
}

type BitReader = ReturnType<typeof bitReader>;

class Unpacking {
  readonly #waiting: Uint8Array[] = [];
  #bytes = 0;
  #reader: BitReader | undefined;
  /** Undefined between two streams. */
  #blockBytes: number | undefined;
  #checksum = 0;
  #scratch = new Int32Array(0);

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    this.#reader ??= bitReader(() => this.#waiting.shift());
  }

  get hasWholeBlock(): boolean {
    const needed =
      this.#blockBytes === undefined ? HEADER_BYTES : this.#blockBytes + BLOCK_SLACK_BYTES;
    return this.#left() >= needed;
  }

  get hasMore(): boolean {
    return this.#left() > 0;
  }

  /** @throws ArchiveError where the end is missing, or there was nothing at all */
  assertEnded(): void {
    if (this.#blockBytes !== undefined || this.#bytes === 0) throw broken('its end is missing');
  }

  /** A block, unpacked; nothing for what begins and ends a stream. */
  next(): Uint8Array[] {
    if (this.#reader === undefined) return [];
    try {
      return this.#blockBytes === undefined ? this.#begin(this.#reader) : this.#block(this.#reader);
    } catch (error) {
      // At the end of the bytes, the library reads from undefined.
      throw broken(error instanceof TypeError ? 'its end is missing' : reasonOf(error), error);
    }
  }

  #begin(reader: BitReader): Uint8Array[] {
    const blockBytes = BLOCK_UNIT_BYTES * decoder.header(reader);
    if (this.#scratch.length < blockBytes) this.#scratch = new Int32Array(blockBytes);
    this.#blockBytes = blockBytes;
    this.#checksum = 0;
    return [];
  }

  #block(reader: BitReader): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let piece = new Uint8Array(PIECE_BYTES);
    let length = 0;
    const put = (byte: number) => {
      if (length === PIECE_BYTES) {
        pieces.push(piece);
        piece = new Uint8Array(PIECE_BYTES);
        length = 0;
      }
      piece[length] = byte;
      length += 1;
    };
    const { length: scratchLength } = this.#scratch;
    const checksum = decoder.decompress(reader, put, this.#scratch, scratchLength, this.#checksum);
    if (checksum === null) this.#blockBytes = undefined;
    else this.#checksum = checksum;
    return length === 0 ? pieces : [...pieces, piece.subarray(0, length)];
  }

  #left(): number {
    return this.#bytes - (this.#reader?.bytesRead ?? 0);
  }
}

function broken(why: string, cause?: unknown): ArchiveError {
  return new ArchiveError(`it is cut off, broken or no .tar.bz2: ${why}`, { cause });
}
