// What the stories need from the machine: the server's binary and a browser.
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The server's binary: TODOKE_BIN, else the one that cargo builds. */
export function serverPath(): string {
  const path = process.env['TODOKE_BIN'] ?? resolve(import.meta.dirname, '../../target/debug/todoke');
  if (!existsSync(path)) throw new Error(`${path} does not exist; build it with: cargo build, or set TODOKE_BIN`);
  return path;
}

/** The browser: TODOKE_CHROMIUM, else Debian's Chromium, else the first one in PATH. */
export function chromiumPath(): string {
  const named = process.env['TODOKE_CHROMIUM'];
  if (named) return named;
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found) return found;
  }
  throw new Error('no Chromium found; install the package chromium, or set TODOKE_CHROMIUM');
}
