import { BareReader } from './bare-reader.ts';
import { runFloor } from './get-and-copy.ts';
import { reportUsage } from './report-usage.ts';

await reportUsage((esiUrl, databaseUrl) => runFloor(new BareReader(esiUrl), databaseUrl));
