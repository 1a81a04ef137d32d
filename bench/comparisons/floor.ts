import { runFloor } from './get-and-copy.ts';
import { reportUsage } from './report-usage.ts';
import { RequestReader } from './request-reader.ts';

await reportUsage((esiUrl, databaseUrl) => runFloor(new RequestReader(esiUrl), databaseUrl));
