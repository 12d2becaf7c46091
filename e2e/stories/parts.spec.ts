// Goal: a screen that is loaded later never leaves a dead page. Method: the network loses the part; the person reads
// why, tries again and reads the screen; its neighbours of the same part then come without another download; after a
// deployment, where the part is gone for good, the page can be loaded anew.
import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/test';

const PARTS = '**/assets/part-*.wasm';

test('a screen that could not be loaded is tried again, and loaded once', async ({ page, signIn }) => {
  const fetched: string[] = [];
  page.on('response', (response) => {
    if (response.ok() && response.url().includes('/assets/part-')) fetched.push(response.url());
  });
  await signIn('operator');
  expect(fetched).toEqual([]);

  await page.route(PARTS, (route) => route.abort());
  await page.getByRole('link', { name: '異常注文復旧処理' }).click();
  const error = page.getByRole('alert').filter({ hasText: 'この画面を読み込めませんでした' });
  await expect(error).toBeVisible();
  await expectAccessible(page);
  await error.getByRole('button', { name: '再試行' }).click();
  await expect(error).toBeVisible();
  await page.unroute(PARTS);
  await error.getByRole('button', { name: '再試行' }).click();
  await expect(page.getByRole('heading', { name: '異常注文復旧処理' })).toBeVisible();

  const loaded = fetched.length;
  expect(loaded).toBeGreaterThan(0);
  await page.getByRole('link', { name: '注文処理状況管理' }).click();
  await expect(page.getByRole('heading', { name: '注文処理状況管理' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: '異常注文復旧処理' })).toBeVisible();
  expect(fetched).toHaveLength(loaded);
  expect(new Set(fetched).size).toBe(loaded);
});

test('an app that was replaced by a newer one is loaded anew', async ({ page, signIn }) => {
  await signIn('operator');
  await page.route(PARTS, (route) => route.fulfill({ status: 404, body: 'Not found.' }));
  await page.getByRole('link', { name: '注文処理状況管理' }).click();
  const reload = page.getByRole('button', { name: 'ページを再読み込み' });
  await expect(reload).toBeVisible();
  await page.unroute(PARTS);
  await reload.click();
  await expect(page.getByRole('heading', { name: '注文処理状況管理' })).toBeVisible();
});
