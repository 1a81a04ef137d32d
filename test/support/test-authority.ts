import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from './machine.ts';

/** In CI, what is missing is a failure. */
export const hasOpenssl =
  (await findOnPath('openssl')) !== undefined || process.env['CI'] !== undefined;

const openssl = async (...args: string[]) => {
  await promisify(execFile)('openssl', args);
};
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Files in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that lives as long as its folder. */
export class TestAuthority implements Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly #folder: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.certificate = join(folder, `${name}.crt`);
    this.key = join(folder, `${name}.key`);
  }

  static async create(folder: string, name: string): Promise<TestAuthority> {
    const authority = new TestAuthority(folder, name);
    const files = ['-keyout', authority.key, '-out', authority.certificate];
    await openssl('req', '-x509', ...NEW_KEY, ...files, '-days', '2', '-subj', `/CN=${name}`);
    return authority;
  }

  /** A certificate for a server. @param names as `DNS:localhost` or `IP:127.0.0.1` */
  async certify(file: string, names: string): Promise<Certificate> {
    const at = (kind: string) => join(this.#folder, `${file}.${kind}`);
    await openssl('req', ...NEW_KEY, '-keyout', at('key'), '-out', at('csr'), '-subj', '/CN=test');
    await writeFile(at('ext'), `subjectAltName=${names}\n`);
    const signer = ['-CA', this.certificate, '-CAkey', this.key, '-CAcreateserial'];
    const output = ['-out', at('crt'), '-days', '2', '-extfile', at('ext')];
    await openssl('x509', '-req', '-in', at('csr'), ...signer, ...output);
    return { certificate: at('crt'), key: at('key') };
  }
}
