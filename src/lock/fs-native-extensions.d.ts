/** The part of fs-native-extensions that the program uses; the package has no types of its own. */
declare module 'fs-native-extensions' {
  /** Locks a file exclusively for its open file description; false when another has it. */
  export function tryLock(fd: number): boolean;
  export function unlock(fd: number): void;
}
