/** Reads so many bits; null steps to the next whole byte. */
interface BitReader {
  (bits: number | null): number;
  /** Begun, at least. */
  readonly bytesRead: number;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  const decoder: {
    /** @returns the size of the blocks, in 100,000 bytes */
    header(bits: BitReader): number;
    /** @returns the checksum up to here; null at the end of the stream, whose checksum is right */
    decompress(
      bits: BitReader,
      put: (byte: number) => void,
      scratch: Int32Array,
      scratchLength: number,
      checksum: number,
    ): number | null;
  };
  export = decoder;
}

declare module 'unbzip2-stream/lib/bit_iterator.js' {
  /** @param next the next bytes; undefined when there are no more, at which the reader fails */
  function bitReader(next: () => Uint8Array | undefined): BitReader;
  export = bitReader;
}
