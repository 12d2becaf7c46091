// The CSV button of a list, and what it saves.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

const ENCODINGS = { CP932: 'shift_jis', 'UTF-8': 'utf-8' } as const;

/** Presses the button of an encoding in the opened CSV choice, and reads the saved file. */
export async function savedFile(page: Page, encoding: keyof typeof ENCODINGS): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('group', { name: 'CSVのダウンロード' }).getByRole('button', { name: encoding }).click(),
  ]);
  return new TextDecoder(ENCODINGS[encoding]).decode(await readFile(await download.path()));
}
