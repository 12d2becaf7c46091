// Goal: who may edit parameters corrects a payment result before it is sent again, sees what changes, is warned of a
// double issue, and the endpoint gets exactly one corrected request. Method: the merchant's endpoint fails, a manager
// edits by keyboard alone: a value that the endpoint's charset lacks is refused beside its field, another is sent.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import type { Outside } from '../support/outside';
import { expect, test } from '../support/test';

async function failedRow(page: Page, outside: Outside, orderNo: string): Promise<string> {
  await outside.setMerchantAnswer('error_500');
  await outside.ingest({
    ip_code: '2012000123',
    order_no: orderNo,
    carrier: 'docomo',
    status: '03',
    amount: 11350,
    phone: '09012345678',
    email: 'taro@example.jp',
    sendid: 'mr192',
    sendpoint: '2026031700002',
    error_code: '',
    occurred_at: new Date().toISOString(),
    parameters: { item: '春の福袋' },
  });
  await expect(async () => {
    await page.goto(`/send-errors?ip=2012000123&condition=all&orderNo=${orderNo}`);
    await expect(page.getByRole('row').filter({ hasText: orderNo })).toContainText('未処理', { timeout: 1_000 });
  }).toPass();
  return (await page.getByRole('row').filter({ hasText: orderNo }).getAttribute('data-id')) ?? '';
}

/** Moves the focus with Tab, as a person without a mouse does, until it stands on what is looked for. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus');
    const label = (await focused.getAttribute('aria-label')) ?? (await focused.innerText().catch(() => ''));
    if (typeof name === 'string' ? label.trim() === name : name.test(label)) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}

test('a manager corrects the data by keyboard and sends it once', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-edit-${Date.now()}`;
  await signIn('manager');
  await failedRow(page, outside, orderNo);

  await test.step('the link in the list leads to the form', async () => {
    await page.getByRole('link', { name: `${orderNo}の送信データ修正` }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '送信データ修正' })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'order_no' })).toContainText('修正できません');
    await expect(page.getByRole('row').filter({ hasText: 'clientip' })).toContainText('修正できません');
    await expectAccessible(page);
  });

  await test.step('nothing changed and no reason is said beside the fields', async () => {
    await tabTo(page, '確認');
    await page.keyboard.press('Enter');
    await expect(page.getByText('理由を入力してください。').first()).toBeVisible();
    await expect(page.getByText('修正された項目がありません。').first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('what the charset lacks is refused by the server, beside its field', async () => {
    await page.getByLabel('item 修正後').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('春の福袋😀');
    await tabTo(page, '項目を追加');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('追加する項目名')).toBeFocused();
    await page.keyboard.type('campaign');
    await page.keyboard.press('Tab');
    await page.keyboard.type('spring');
    await page.getByLabel('理由').focus();
    await page.keyboard.type('商品名の誤りを訂正');
    await tabTo(page, '確認');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '修正内容の確認' })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'campaign' })).toContainText('追加');
    await expect(page.getByRole('heading', { name: '二重発行にご注意ください' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('checkbox', { name: '提供・発送状況を確認しました' }).focus();
    await page.keyboard.press('Space');
    await tabTo(page, '送信');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '送信データ修正' })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'item' })).toContainText('😀');
    expect(await outside.merchantRequests(orderNo)).toHaveLength(1);
    await expectAccessible(page);
  });

  await test.step('Back keeps what was typed', async () => {
    await page.getByLabel('item 修正後').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('夏の福袋');
    await tabTo(page, '確認');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '修正内容の確認' })).toBeVisible();
    await page.goBack();
    await expect(page.getByLabel('item 修正後')).toHaveValue('夏の福袋');
    await expect(page.getByLabel('理由')).toHaveValue('商品名の誤りを訂正');
    await page.goForward();
    await expect(page.getByRole('heading', { name: '修正内容の確認' })).toBeVisible();
  });

  await test.step('the corrected data arrives once', async () => {
    await outside.setMerchantAnswer('ok');
    await tabTo(page, '送信');
    await page.keyboard.press('Enter');
    await expect(page.getByText('確認のうえ、チェックを入れてください。')).toBeVisible();
    await page.keyboard.press('Space');
    await tabTo(page, '送信');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '送信結果' })).toBeVisible();
    await expect(page.getByText('成功')).toBeVisible();
    await expectAccessible(page);
    const requests = await outside.merchantRequests(orderNo);
    expect(requests).toHaveLength(2);
    // 夏 in CP932 is 0x89 0xC4.
    expect(requests[1]?.query).toContain('item=%89%C4');
    expect(requests[1]?.query).toContain('campaign=spring');
  });
});

// Goal: what the IP code's settings do not permit is shown with a word why, and cannot be added. Method: a manager permits
// two parameters, opens the form, tries another name, and sends what is permitted.
test('the form offers what the settings permit', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-permitted-${Date.now()}`;
  const permit = async (input: Record<string, unknown>) => {
    const change = 'mutation($i: UpdateIpCodeSettingsInput!) { updateIpCodeSettings(input: $i) { userErrors { code } } }';
    await outside.graphqlAs('manager', change, { i: { ipCode: '2012000123', ...input } });
  };
  await signIn('manager');
  const id = await failedRow(page, outside, orderNo);
  await permit({ editableParameters: ['item', 'campaign'] });
  await page.goto(`/send-errors/${id}/edit`);
  await expect(page.getByText('修正できる項目は次のとおりです: item, campaign')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'money' })).toContainText('IPコードの設定で許可されていないため');
  await expect(page.getByRole('row').filter({ hasText: 'order_no' })).toContainText('決済を特定する項目のため');
  await expect(page.getByLabel('money 修正後')).toHaveCount(0);
  await expect(page.getByText('追加できる項目: campaign')).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel('item 修正後').fill('夏の福袋');
  await page.getByRole('button', { name: '項目を追加' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('coupon');
  await page.getByLabel('理由').fill('商品名の訂正');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: '確認' }).click();
  await expect(page.getByLabel('追加する項目名')).toBeFocused();
  await expect(page.getByText('許可されていないため追加できません。').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('追加する項目名').fill('campaign');
  await expect(page.getByRole('button', { name: '項目を追加' })).toHaveCount(0);
  await page.getByRole('button', { name: '確認' }).click();
  await expect(page.getByRole('heading', { name: '修正内容の確認' })).toBeVisible();
  await outside.setMerchantAnswer('ok');
  await page.getByRole('checkbox', { name: '提供・発送状況を確認しました' }).check();
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(page.getByText('成功')).toBeVisible();

  await permit({ editableParameters: [] });
  const other = await failedRow(page, outside, `${orderNo}-none`);
  await page.goto(`/send-errors/${other}/edit`);
  await expect(page.getByText('修正できる項目がありません。')).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: '確認' })).toHaveCount(0);
  await expectAccessible(page);
  await permit({ allParametersEditable: true });
});

// Goal: who may not edit is offered nothing, and learns nothing by the address. Method: an operator looks at the row in
// the list, on its page, and opens the form's address.
test('an operator is offered no editing', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-noedit-${Date.now()}`;
  await signIn('operator');
  const id = await failedRow(page, outside, orderNo);
  await expect(page.getByRole('row').filter({ hasText: orderNo }).getByRole('radio', { name: '再送信' })).toBeVisible();
  await expect(page.getByRole('link', { name: '送信データ修正' })).toHaveCount(0);
  await page.goto(`/send-errors/${id}`);
  await expect(page.getByRole('button', { name: '再送信' })).toBeVisible();
  await expect(page.getByRole('link', { name: '送信データ修正' })).toHaveCount(0);
  await page.goto(`/send-errors/${id}/edit`);
  await expect(page.getByText('送信データを修正する権限がありません。')).toBeVisible();
  await expect(page.getByRole('button', { name: '確認' })).toHaveCount(0);
  await expectAccessible(page);
});

// Goal: who comes second is told who was first, and nothing is sent. Method: a tool closes the row while the manager
// reads the confirmation.
test('a manager who comes second is told who closed the row', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-edit-second-${Date.now()}`;
  await signIn('manager');
  const id = await failedRow(page, outside, orderNo);
  await page.goto(`/send-errors/${id}/edit`);
  await page.getByLabel('money 修正後').fill('11000');
  await page.getByLabel('理由').fill('金額の訂正');
  await page.getByRole('button', { name: '確認' }).click();
  await page.getByRole('checkbox', { name: '提供・発送状況を確認しました' }).check();
  const close = 'mutation($id: ID!) { markSendErrorProcessed(input: {id: $id}) { userErrors { code } } }';
  await outside.graphql(close, { id }, 'operate');
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(page.getByText('すでに処理済')).toBeVisible();
  await expect(page.getByText('operate')).toBeVisible();
  expect(await outside.merchantRequests(orderNo)).toHaveLength(1);
});

// Goal: the row's page tells everything that happened and lets who may close open it again, with a reason. Method: an
// operator opens an attempt by keyboard, reads request, times and the curl command, closes the row and opens it again.
test('an operator reads the timeline and opens a closed row again', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-reopen-${Date.now()}`;
  await signIn('operator');
  const id = await failedRow(page, outside, orderNo);
  await page.goto(`/send-errors/${id}`);
  const timeline = page.getByRole('region', { name: '履歴' });

  await test.step('an attempt opens: times, request in words and bytes, answer, curl', async () => {
    await expect(timeline).toContainText('決済結果を受信');
    await timeline.getByText('リクエストと応答').first().focus();
    await page.keyboard.press('Enter');
    await expect(timeline).toContainText('所要時間');
    await expect(timeline).toContainText('春の福袋');
    await expect(timeline.getByRole('region', { name: '送信したバイト列' })).toContainText('todoke-delivery-id');
    await expect(timeline.getByRole('region', { name: 'curlコマンド' })).toContainText('curl --globoff');
    await expectAccessible(page);
  });

  await test.step('what happens elsewhere shows live and closes nothing', async () => {
    const close = 'mutation($id: ID!) { markSendErrorProcessed(input: {id: $id, reason: "電話で確認"}) { userErrors { code } } }';
    await outside.graphql(close, { id }, 'operate');
    await expect(timeline).toContainText('処理済に変更');
    await expect(timeline).toContainText('電話で確認');
    await expect(timeline.getByRole('region', { name: 'curlコマンド' })).toBeVisible();
  });

  await test.step('the row is opened again, with a reason', async () => {
    await page.getByRole('button', { name: '未処理に戻す' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('理由')).toBeFocused();
    await tabTo(page, '確認');
    await page.keyboard.press('Enter');
    await expect(page.getByText('理由を入力してください。')).toBeVisible();
    await page.keyboard.type('提供していなかったため');
    await expectAccessible(page);
    await tabTo(page, '確認');
    await page.keyboard.press('Enter');
    await expect(page.getByText('このデータを未処理に戻します。よろしいですか?')).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await expect(page.getByText('未処理に戻しました。')).toBeVisible();
    await expect(page.getByRole('button', { name: '再送信' })).toBeVisible();
    await expect(timeline).toContainText('提供していなかったため');
    await expectAccessible(page);
  });
});
