import { type Config, isLiveEsi, nameInFault } from '../config/config.ts';
import { SETTING_NAMES } from '../config/settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Every fault of the settings, and what is missing for good manners. Tells names, never values. */
export function checkSettings(
  config: Config,
  faults: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Finding[] {
  const wrong = faults.map((fault) => {
    const name = nameInFault(fault);
    const remedy = `correct ${name} in the environment, the .env file or the options; the README lists what it may be`;
    return fail('settings', 78, fault, remedy);
  });
  return [...(wrong.length > 0 ? wrong : [valid(environment)]), contact(config)];
}

function valid(environment: Readonly<Record<string, string | undefined>>): Finding {
  const given = SETTING_NAMES.filter((name) => environment[name]);
  const from = given.length === 0 ? '' : `; from the environment: ${given.join(', ')}`;
  return ok('settings', `valid${from}`);
}

function contact(config: Config): Finding {
  if (config.ESI_CONTACT !== undefined) return ok('contact', 'ESI_CONTACT is set');
  if (!isLiveEsi(config)) return ok('contact', 'not needed: this is not the live ESI');
  return warn(
    'contact',
    'ESI_CONTACT is not set: CCP asks for a contact in the User-Agent',
    'set ESI_CONTACT to your e-mail address or a URL',
  );
}
