// Goal: many rows are put right with one decision, each sent once, and whoever looks sees how far it is. Method: a batch
// of rows fails at the merchant's endpoint; an operator ticks them by keyboard alone, plans, starts, pauses, reloads and
// resumes; the endpoint counts the requests. Then what fails, who comes second, and who may only look.
import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import { savedFile } from '../support/download';
import type { Outside } from '../support/outside';
import { expect, fillSignIn, test } from '../support/test';
import type { Demo } from '../support/server';

/** More than two pages, and more than a batch has on its way at once. */
const NOT_RECEIVED = 160;
const MAYBE_RECEIVED = 4;
/** So many that a batch pauses after its first failures with rows left, however fast they fail. */
const FAILING = 400;
const ALL = NOT_RECEIVED + MAYBE_RECEIVED;

/** The rows of one test: their order numbers begin with `prefix`, and one e-mail address finds them all. */
interface Rows {
  prefix: string;
  email: string;
  address: string;
}

async function failingRows(outside: Outside, name: string, refused: number, doubtful: number): Promise<Rows> {
  const ipCode = (await outside.ipCodes())[0];
  if (!ipCode) throw new Error('the demo has no IP code');
  const prefix = `e2e-${name}-${Date.now()}-`;
  const email = `${prefix}rows@example.jp`;
  const results = (kind: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ip_code: ipCode.code,
      order_no: `${prefix}${kind}${index}`,
      carrier: 'docomo',
      status: '03',
      amount: 1000 + index,
      phone: '09012345678',
      email,
      sendid: 'mr192',
      sendpoint: `${prefix}${kind}${index}`,
      error_code: '',
      occurred_at: new Date().toISOString(),
      parameters: {},
    }));
  const period = { preset: 'TODAY' };
  const filter = { ipCodes: [ipCode.code], condition: 'UNPROCESSED', email, period };
  const count = async () => {
    const query = 'query($f: SendErrorFilter!) { sendErrors(filter: $f, first: 1) { totalCount } }';
    return (await outside.graphql<{ sendErrors: { totalCount: number } }>(query, { f: filter }, 'operate')).sendErrors.totalCount;
  };
  if (doubtful > 0) {
    await outside.setMerchantAnswer('error_500');
    await outside.ingest(results('m', doubtful));
    await expect.poll(count).toBe(doubtful);
  }
  await outside.setMerchantAnswer('refuse');
  await outside.ingest(results('n', refused));
  await expect.poll(count).toBe(refused + doubtful);
  const query = new URLSearchParams({ ip: ipCode.code, condition: 'unprocessed', email, period: 'today' });
  return { prefix, email, address: `/send-errors?${query}` };
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus();
  await page.keyboard.press('Enter');
}

/** Ticks all that match in the list in view, chooses the action and goes on to the confirmation. */
async function planAll(page: Page, rows: Rows, total: number): Promise<void> {
  await page.goto(`${rows.address}&mode=bulk`);
  await page.getByRole('columnheader').getByRole('checkbox').focus();
  await page.keyboard.press('Space');
  if (total > 50) await press(page, `この条件の ${total} 件すべてを選択`);
  await page.getByRole('region', { name: '選択中の処理' }).getByRole('radio', { name: '再送信' }).focus();
  await page.keyboard.press('Space');
  await press(page, '次へ');
  await expect(page.getByRole('heading', { name: '一括処理の確認' })).toBeVisible();
}

async function secondPage(browser: Browser, demo: Demo): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.url });
  const page = await context.newPage();
  const user = demo.users.find((candidate) => candidate.role === 'manager');
  if (!user) throw new Error('demo.json names no manager');
  await page.goto('/');
  await fillSignIn(page, user.login, user.password);
  await expect(page.getByRole('navigation', { name: 'メニュー' })).toBeVisible();
  return page;
}

test('an operator re-sends everything that matches, by keyboard, and steers the batch', async ({ page, signIn, outside }) => {
  const rows = await failingRows(outside, 'bulk', NOT_RECEIVED, MAYBE_RECEIVED);
  const before = (await outside.merchantRequests(rows.prefix)).length;
  const bar = page.getByRole('region', { name: '選択中の処理' });
  await signIn('operator');

  await test.step('一括 is chosen in the panel and stands in the address', async () => {
    await page.goto(rows.address);
    await press(page, '条件を変更');
    await expect(page.getByRole('search')).toBeFocused();
    await page.getByRole('radio', { name: '一括' }).focus();
    await page.keyboard.press('Space');
    await press(page, '表示');
    await expect(page).toHaveURL(/mode=bulk/);
    await expect(page.getByRole('button', { name: '条件を変更' })).toBeFocused();
    await expect(page.getByRole('list', { name: '検索条件' })).toContainText('一括');
  });

  await test.step('ticks are kept across pages, Back and a reload', async () => {
    await page.getByRole('row').nth(1).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect(bar).toContainText('2件を選択');
    await page.getByRole('link', { name: '次の50件' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('navigation', { name: 'ページ' })).toContainText('51–100');
    await page.getByRole('row').nth(1).focus();
    await page.keyboard.press('Space');
    await expect(bar).toContainText('3件を選択 (このページ 1件 · 他のページ 2件)');
    await page.goBack();
    await expect(bar).toContainText('3件を選択 (このページ 2件 · 他のページ 1件)');
    await page.reload();
    await expect(bar).toContainText('3件を選択 (このページ 2件 · 他のページ 1件)');
    await expectAccessible(page);
  });

  await test.step('the tick of the heading is the page; then all that match', async () => {
    await page.getByRole('columnheader').getByRole('checkbox').focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('このページの50件を選択しています。')).toBeVisible();
    await press(page, `この条件の ${ALL} 件すべてを選択`);
    await expect(bar).toContainText(`この条件の ${ALL} 件すべてを選択しています`);
    await expectAccessible(page);
    await press(page, '次へ');
    await expect(page.getByText('CGI処理(再送信または処理済)を選択してください。')).toBeVisible();
    await bar.getByRole('radio', { name: '再送信' }).focus();
    await page.keyboard.press('Space');
    await press(page, '次へ');
  });

  await test.step('what may have been received is left out, and taken in on purpose', async () => {
    await expect(page.getByRole('heading', { name: '一括処理の確認' })).toBeVisible();
    await expect(page.getByText(`「到達の可能性あり」の${MAYBE_RECEIVED}件は含まれていません。`)).toBeVisible();
    await expect(page.getByText(`対象データ (先頭20件 / ${NOT_RECEIVED}件)`)).toBeVisible();
    await expect(page.getByRole('heading', { name: '二重発行にご注意ください' })).toHaveCount(0);
    await expectAccessible(page);
    await page.getByRole('link', { name: '戻る' }).focus();
    await page.keyboard.press('Enter');
    await expect(bar).toContainText(`この条件の ${ALL} 件すべてを選択しています`);
    await press(page, '次へ');
    await press(page, '「到達の可能性あり」も含める');
    await expect(page.getByText(`「到達の可能性あり」の${MAYBE_RECEIVED}件を含みます。`)).toBeVisible();
    await expect(page.getByText(`対象データ (先頭20件 / ${ALL}件)`)).toBeVisible();
    await expect(page.getByRole('heading', { name: '二重発行にご注意ください' })).toBeVisible();
    await expectAccessible(page);
    await press(page, '送信');
    await expect(page.getByText('確認のうえ、チェックを入れてください。')).toBeVisible();
    expect(await outside.merchantRequests(rows.prefix)).toHaveLength(before);
  });

  const meter = page.getByRole('progressbar', { name: '一括処理の進行' });
  const settled = async () => Number(await meter.getAttribute('aria-valuenow'));
  await test.step('it starts, is told live, and pauses', async () => {
    await outside.setMerchantAnswer('late_ok');
    await page.getByRole('checkbox', { name: '提供・発送状況を確認しました' }).focus();
    await page.keyboard.press('Space');
    await press(page, '送信');
    await expect(page.getByRole('heading', { name: '一括再送信' })).toBeVisible();
    await expect.poll(settled).toBeGreaterThan(0);
    await press(page, '一時停止');
    await expect(page.getByText('一時停止しています。「再開」で続きから実行します。')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a reload in the middle loses nothing; 中止 asks first; it goes on', async () => {
    await page.reload();
    await expect(page.getByRole('status').filter({ hasText: '一時停止中' })).toBeVisible();
    expect(await settled()).toBeLessThan(ALL);
    await press(page, '中止');
    await expect(page.getByRole('heading', { name: 'この一括処理を中止しますか' })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { name: 'この一括処理を中止しますか' })).toHaveCount(0);
    await outside.setMerchantAnswer('ok');
    await press(page, '再開');
    await expect(page.getByRole('status').filter({ hasText: '完了' })).toBeVisible();
    await expect(meter).toHaveAttribute('aria-valuenow', String(ALL));
  });

  await test.step('results by outcome, each leading to its send error, each sent once', async () => {
    await page.getByRole('link', { name: `成功 ${ALL}` }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/outcome=done/);
    await expect(page.getByRole('row').filter({ hasText: rows.prefix })).toHaveCount(50);
    await page.getByText('CSV', { exact: true }).click();
    await expectAccessible(page);
    const file = await savedFile(page, 'UTF-8');
    expect(file.trim().split('\n')).toHaveLength(ALL + 1);
    const requests = await outside.merchantRequests(rows.prefix);
    expect(requests).toHaveLength(before + ALL);
    await page.getByRole('row').nth(1).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('処理済').first()).toBeVisible();
    await page.goBack();
    await page.getByRole('link', { name: '一覧に戻る' }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/send-errors\?.*mode=bulk/);
    await expect(page.getByText('条件に合う送信エラーはありません')).toBeVisible();
  });

  await test.step('the list of batches tells who and how', async () => {
    await page.getByRole('link', { name: '一括処理', exact: true }).focus();
    await page.keyboard.press('Enter');
    const batch = page.getByRole('row').nth(1);
    await expect(batch).toContainText('sakura-operator');
    await expect(batch).toContainText('完了');
    await expectAccessible(page);
  });
});

test('a batch that keeps failing pauses by itself and says why', async ({ page, signIn, outside }) => {
  const rows = await failingRows(outside, 'bulk-fail', FAILING, 0);
  await signIn('operator');
  await planAll(page, rows, FAILING);
  await press(page, '送信');
  await expect(page.getByText('20件続けて失敗したため、自動で一時停止しました。')).toBeVisible();
  await page.getByRole('link', { name: /^失敗/ }).click();
  await expect(page.getByRole('row').filter({ hasText: rows.prefix }).first()).toContainText('接続');
  await press(page, '中止');
  await press(page, '中止する');
  await expect(page.getByRole('status').filter({ hasText: '中止' })).toBeVisible();
  await page.getByRole('link', { name: /^スキップ/ }).click();
  await expect(page.getByText('中止されたため、実行していません。').first()).toBeVisible();
  await expectAccessible(page);
});

test('of two browsers that start the same plan one is told who was first, and each row is sent once', async ({
  page,
  signIn,
  outside,
  browser,
  demo,
}) => {
  const rows = await failingRows(outside, 'bulk-two', 30, 0);
  await signIn('operator');
  await planAll(page, rows, 30);
  const other = await secondPage(browser, demo);
  await other.goto(page.url());
  await expect(other.getByRole('heading', { name: '一括処理の確認' })).toBeVisible();
  await outside.setMerchantAnswer('ok');
  // Whatever the order in which the two arrive, one of them was first.
  await Promise.all([page, other].map((one) => one.getByRole('button', { name: '送信', exact: true }).click()));
  const told = page.getByText(/すでに開始されているか、終わっています。最新の状態を確認してください。 \(sakura-(operator|manager) · /);
  const toldOther = other.getByText(/すでに開始されているか、終わっています。最新の状態を確認してください。 \(sakura-(operator|manager) · /);
  const started = (one: Page) => one.getByRole('progressbar', { name: '一括処理の進行' });
  await expect(told.or(started(page))).toBeVisible();
  await expect(toldOther.or(started(other))).toBeVisible();
  const winners = [await started(page).count(), await started(other).count()];
  expect(winners.sort()).toEqual([0, 1]);
  const second = (await started(page).count()) > 0 ? other : page;
  await expectAccessible(second);
  await second.getByRole('link', { name: '進行状況を見る' }).click();
  await expect(second.getByRole('status').filter({ hasText: '完了' })).toBeVisible();
  expect(await outside.merchantRequests(rows.prefix)).toHaveLength(30);
  await other.context().close();
});

test('who may only look sees batches and no way to steer them', async ({ page, signIn, outside, browser, demo }) => {
  const rows = await failingRows(outside, 'bulk-view', 30, 0);
  const operator = await secondPage(browser, demo);
  await planAll(operator, rows, 30);
  await signIn('viewer');
  await page.goto(`${rows.address}&mode=bulk`);
  await expect(page.getByRole('row').filter({ hasText: rows.prefix }).first()).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await press(page, '条件を変更');
  await expect(page.getByRole('radio', { name: '一括' })).toHaveCount(0);
  await page.goto(new URL(operator.url()).pathname);
  await expect(page.getByText('この一括処理を実行する権限がありません。')).toBeVisible();
  await expect(page.getByRole('button', { name: '送信', exact: true })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('link', { name: '一括処理', exact: true }).click();
  await page.getByRole('row').nth(1).getByRole('link').click();
  await expect(page.getByText('まだ開始されていません。')).toBeVisible();
  await expect(page.getByRole('button', { name: '中止' })).toHaveCount(0);
  await operator.context().close();
});
