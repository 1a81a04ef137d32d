import { rename, rm } from 'node:fs/promises';

/**
 * Replaces a file as a whole: whoever reads it sees the old one or the new one.
 *
 * @param draft a path beside the file that no other writer uses
 * @param write makes the draft
 * @throws what `write` or the file system throws; the draft is then gone
 */
export async function replaceFile(
  path: string,
  draft: string,
  write: (draft: string) => Promise<void>,
): Promise<void> {
  try {
    await write(draft);
    await rename(draft, path);
  } catch (error) {
    // On a full disk each draft would take what is left.
    await rm(draft, { force: true });
    throw error;
  }
}
