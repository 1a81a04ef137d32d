import pMap from 'p-map';

/**
 * Works on elements, several at once. After the first failure nothing new is begun; what is under
 * way is awaited, so that nothing goes on behind the back of whoever handles the failure.
 *
 * @throws the first failure
 */
export async function forEachConcurrently<T>(
  elements: Iterable<T>,
  concurrency: number,
  work: (element: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (element: T) => {
    if (failures.length > 0) return;
    try {
      await work(element);
    } catch (error) {
      failures.push(error);
    }
  };
  await pMap(elements, attempt, { concurrency });
  if (failures.length > 0) throw failures[0];
}
