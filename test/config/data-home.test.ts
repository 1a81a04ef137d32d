import { expect, it } from 'vitest';
import { dataHome } from '../../src/config/data-home.ts';

it.each([
  { platform: 'linux', environment: { XDG_DATA_HOME: '/x' }, folder: /^\/x\/program$/ },
  { platform: 'linux', environment: {}, folder: /.\/\.local\/share\/program$/ },
  { platform: 'darwin', environment: {}, folder: /\/Library\/Application Support\/program$/ },
  { platform: 'win32', environment: { LOCALAPPDATA: '/l' }, folder: /^\/l\/program\/Data$/ },
] as const)('the data of a program lie where $platform wants them', (example) => {
  expect(dataHome('program', example.platform, example.environment)).toMatch(example.folder);
});
