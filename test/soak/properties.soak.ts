/** Examples a law; `npm run test:system` has 200. */
process.env['LAW_RUNS'] ??= '5000';

// Imported when the number is set: the same laws.
await import('../laws/cache.test.ts');
await import('../laws/classification.test.ts');
await import('../laws/headers.test.ts');
await import('../laws/limits.test.ts');
await import('../laws/listing.test.ts');
await import('../laws/printed.test.ts');
await import('../laws/settings.test.ts');
await import('../laws/stored.test.ts');
await import('../laws/wire.test.ts');
