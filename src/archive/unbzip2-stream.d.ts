declare module 'unbzip2-stream' {
  /** Bytes of bzip2 in, what they hold out. It fails with errors that say little. */
  function unbzip2Stream(): NodeJS.ReadWriteStream;
  export = unbzip2Stream;
}
