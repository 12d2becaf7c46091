// Goal: the list of send errors obeys the keyboard, shows what its reader chose and never moves under the reader's eyes.
// Method: an operator reads a long list with the keys alone, chooses columns and page size, and sees a row change in
// place while another is being read; the same on a phone and in English.
import { expectAccessible } from '../support/axe';
import { savedFile } from '../support/download';
import { wholePeriod } from '../support/period';
import { paymentResult } from '../support/results';
import { expect, test } from '../support/test';

test('an operator goes through the list with the keyboard alone', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  await signIn('operator');
  await page.goto(`/send-errors?ip=${ipCode}&condition=unprocessed&period=${wholePeriod()}`);
  const rows = page.getByRole('table').locator('tbody tr');
  await expect(rows.nth(9)).toBeVisible();
  await rows.first().focus();

  await test.step('arrows move, space chooses, and the place is kept', async () => {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(rows.nth(2)).toBeFocused();
    await page.keyboard.press(' ');
    await expect(rows.nth(2).getByRole('radio', { name: '再送信' })).toBeChecked();
    await expect(rows.nth(2)).toBeFocused();
    await page.keyboard.press('End');
    await expect(rows.last()).toBeFocused();
    await expect(page.getByRole('columnheader', { name: '送信日時' })).toBeInViewport();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expectAccessible(page);
  });

  await test.step('enter opens, back returns to the row', async () => {
    const id = (await rows.nth(2).getAttribute('data-id')) ?? '';
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/send-errors/${id}`));
    await page.goBack();
    await expect(rows.nth(2)).toBeFocused();
    await expect(rows.nth(2).getByRole('radio', { name: '再送信' })).toBeChecked();
  });
});

test('columns and page size are the reader’s choice and are remembered', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  const address = `/send-errors?ip=${ipCode}&condition=all&period=${wholePeriod()}`;
  await signIn('operator');
  await page.goto(address);
  const rows = page.getByRole('table').locator('tbody tr');
  await expect(rows).toHaveCount(50);

  await page.getByText('列の選択').click();
  await expectAccessible(page);
  await page.getByRole('checkbox', { name: 'キャリア' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('checkbox', { name: 'キャリア' })).toHaveCount(0);
  await expect(page.locator('summary').filter({ hasText: '列の選択' })).toBeFocused();
  await expect(page.getByRole('columnheader', { name: 'キャリア' })).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: '金額' })).toBeVisible();
  await page.getByRole('combobox', { name: '1ページの行数' }).selectOption('20');
  await expect(rows).toHaveCount(20);
  await expect(page).toHaveURL(/rows=20/);
  await expect(page.getByRole('navigation', { name: 'ページ' })).toContainText('1–20');
  await page.getByRole('link', { name: '次の20件' }).click();
  await expect(page.getByRole('navigation', { name: 'ページ' })).toContainText('21–40');

  await page.goto(address);
  await expect(rows).toHaveCount(50);
  await expect(page.getByRole('columnheader', { name: 'キャリア' })).toHaveCount(0);
  await page.getByRole('button', { name: '条件を変更' }).click();
  await page.getByRole('radio', { name: '未処理' }).check();
  await page.getByRole('button', { name: '表示', exact: true }).click();
  await expect(page).toHaveURL(/rows=20/);
});

test('a row changes in its place while another one is read', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  const mark = `e2e-live-${Date.now()}`;
  await outside.setMerchantAnswer('error_500');
  await outside.ingest(paymentResult(ipCode, mark));
  await signIn('operator');
  const row = page.getByRole('row').filter({ hasText: mark });
  await expect(async () => {
    await page.goto(`/send-errors?ip=${ipCode}&condition=all&period=today`);
    await expect(row).toContainText('未処理', { timeout: 1_000 });
  }).toPass();
  const resend = row.getByRole('radio', { name: '再送信' });
  await resend.focus();
  const id = (await row.getAttribute('data-id')) ?? '';
  const before = await row.evaluate((element) => element.getBoundingClientRect().top);

  const close = 'mutation($id: ID!) { markSendErrorProcessed(input: {id: $id}) { userErrors { code } } }';
  await outside.graphql(close, { id }, 'operate');
  await expect(row).toContainText('処理済');
  await expect(row).toContainText('operate');
  await expect(row).toBeFocused();
  expect(await row.evaluate((element) => element.getBoundingClientRect().top)).toBe(before);
});

test('on a phone the rows are cards, in English too', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  await signIn('operator');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/send-errors?ip=${ipCode}&condition=unprocessed&period=${wholePeriod()}`);
  const rows = page.getByRole('table').locator('tbody tr');
  await expect(rows.first()).toBeVisible();
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(await tooWide()).toBe(false);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(rows.first()).toContainText('Unprocessed');
  expect(await tooWide()).toBe(false);
  await expectAccessible(page);
});

test('the form offers only what may be searched, and goes back to its initial values', async ({ page, signIn }) => {
  await signIn('operator');
  await page.goto('/send-errors');
  const [first, last] = wholePeriod().split('_');
  const offered = page.getByRole('combobox', { name: '年月指定' }).getByRole('option');
  await expect(offered).toHaveCount(8);
  const months = await offered.allInnerTexts();
  expect(months[0]).toBe(last?.slice(0, 7));
  expect(months[7]).toBe(first?.slice(0, 7));
  for (const day of ['開始日', '終了日']) {
    await expect(page.getByLabel(day)).toHaveAttribute('min', first ?? '');
    await expect(page.getByLabel(day)).toHaveAttribute('max', last ?? '');
  }

  await page.getByRole('radio', { name: '処理済' }).check();
  await page.getByRole('radio', { name: '昨日' }).check();
  await page.getByRole('textbox', { name: 'オーダーNo' }).fill('77');
  await page.getByRole('button', { name: 'リセット' }).click();
  await expect(page.getByRole('radio', { name: '未処理' })).toBeChecked();
  await expect(page.getByRole('radio', { name: '今日' })).toBeChecked();
  await expect(page.getByRole('textbox', { name: 'オーダーNo' })).toHaveValue('');
});

test('a search is saved under a name, opened again, deleted and brought back', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  const name = `高額の未処理 ${Date.now()}`;
  await signIn('operator');
  await page.goto(`/send-errors?ip=${ipCode}&condition=unprocessed&period=${wholePeriod()}&sort=amount-desc`);
  await page.getByRole('button', { name: '条件を変更' }).click();
  await page.getByRole('textbox', { name: '検索の名前' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByText(`「${name}」を保存しました`)).toBeVisible();
  await expectAccessible(page);

  await page.goto('/send-errors');
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page).toHaveURL(/condition=unprocessed&.*sort=amount-desc/);
  await expect(page.locator('tbody tr').first()).toBeVisible();

  await page.getByRole('button', { name: '条件を変更' }).click();
  await page.getByRole('button', { name: `「${name}」を削除` }).click();
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: '元に戻す' }).click();
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
});

test('the list sorts by its headings, and the address tells how', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  await signIn('operator');
  await page.goto(`/send-errors?ip=${ipCode}&condition=all&period=${wholePeriod()}&rows=100`);
  const amounts = async () => {
    const texts = await page.locator('td[data-label="金額"]').allInnerTexts();
    return texts.map((text) => Number(text.replace(/\D/g, '')));
  };
  const heading = (name: string) => page.getByRole('columnheader', { name });
  await expect(heading('送信日時')).toHaveAttribute('aria-sort', 'descending');

  await heading('金額').getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(heading('金額')).toHaveAttribute('aria-sort', 'descending');
  await expect(heading('送信日時')).not.toHaveAttribute('aria-sort');
  await expect(heading('金額').getByRole('button')).toBeFocused();
  const descending = await amounts();
  expect(descending).toEqual([...descending].sort((left, right) => right - left));
  await expectAccessible(page);

  await page.keyboard.press('Enter');
  await expect(heading('金額')).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL(/sort=amount-asc/);
  await expect(page.locator('tbody tr').first()).toBeVisible();
  const ascending = await amounts();
  expect(ascending).toEqual([...ascending].sort((left, right) => left - right));
  expect(ascending[0]).toBeLessThan(descending[0] ?? 0);

  await page.goBack();
  await expect(heading('金額')).toHaveAttribute('aria-sort', 'descending');
});

test('the whole search is saved as a file, in either encoding', async ({ page, signIn, outside }) => {
  const ipCode = (await outside.ipCodes())[0]?.code ?? '';
  await signIn('operator');
  await page.goto(`/send-errors?ip=${ipCode}&condition=all&period=${wholePeriod()}&rows=20`);
  await expect(page.locator('tbody tr')).toHaveCount(20);
  await page.getByText('CSV', { exact: true }).click();
  await expectAccessible(page);
  for (const encoding of ['CP932', 'UTF-8'] as const) {
    const text = await savedFile(page, encoding);
    expect(text).toContain('オーダーNo');
    expect(text.trim().split('\n').length).toBeGreaterThan(21);
    await expect(page.getByText('ダウンロードを開始しました')).toBeVisible();
  }
});
