// Goal: a result that did not arrive becomes visible by itself and is put right by one person, with one request.
// Method: the merchant's endpoint fails, a result is handed in, an operator sees the row appear, re-sends it after the
// double-issue warning and finds it 処理済; the endpoint counts the requests.
import { expectAccessible } from '../support/axe';
import { paymentResult } from '../support/results';
import { expect, test } from '../support/test';

test('an operator re-sends a failed payment result', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-send-${Date.now()}`;
  const ipCode = (await outside.ipCodes())[0];
  if (!ipCode) throw new Error('the demo has no IP code');
  const row = page.getByRole('row').filter({ hasText: orderNo });

  await signIn('operator');
  await page.getByRole('link', { name: 'CGI送信エラー処理' }).click();
  await expect(page.getByRole('heading', { name: 'CGI送信エラー処理' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('radio', { name: 'すべて', exact: true }).check();
  await page.getByRole('radio', { name: '今日' }).check();
  await page.getByRole('button', { name: '表示', exact: true }).click();
  await expect(page.getByRole('button', { name: '条件を変更' })).toBeVisible();
  await expect(row).toHaveCount(0);

  await test.step('the endpoint answers 500 and the error is announced live', async () => {
    await outside.setMerchantAnswer('error_500');
    await outside.ingest(paymentResult(ipCode.code, orderNo));
    const fresh = page.getByRole('status').filter({ hasText: '新しいエラー' });
    await expect(fresh).toBeVisible();
    await fresh.getByRole('button', { name: '表示' }).click();
    await expect(row).toContainText('未処理');
    await expect(row).toContainText('到達の可能性あり');
    await expectAccessible(page);
  });

  await test.step('the endpoint is well again and the operator re-sends', async () => {
    await outside.setMerchantAnswer('ok');
    await row.getByRole('radio', { name: '再送信' }).check();
    await page.getByRole('button', { name: '送信', exact: true }).click();
    await expect(page.getByRole('heading', { name: '送信内容の確認' })).toBeVisible();
    await expect(page.getByRole('heading', { name: '二重発行にご注意ください' })).toBeVisible();
    await expect(row).toContainText('再送信する');
    await expectAccessible(page);
    const send = page.getByRole('button', { name: '送信', exact: true });
    await send.click();
    await expect(page.getByText('確認のうえ、チェックを入れてください。')).toBeVisible();
    await page.getByRole('checkbox', { name: '提供・発送状況を確認しました' }).check();
    await send.press('Enter');
    await expect(row).toContainText('成功');
    await expect(page.getByRole('main')).toBeFocused();
    await expectAccessible(page);
  });

  await test.step('the row is 処理済 and the endpoint got two requests', async () => {
    await page.getByRole('link', { name: '一覧に戻る' }).click();
    await expect(row).toContainText('処理済');
    await expect(row).not.toContainText('未処理');
    expect(await outside.merchantRequests(orderNo)).toHaveLength(2);
    await expectAccessible(page);
  });
});

// Goal: one decision, one request, and whoever comes second is told who was first and when. Method: while an operator
// reads the confirmation, a tool closes the row; the operator sends, reads who did it, and the endpoint got nothing more.
test('an operator who comes second is told who was first', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-second-${Date.now()}`;
  const ipCode = (await outside.ipCodes())[0];
  if (!ipCode) throw new Error('the demo has no IP code');
  const row = page.getByRole('row').filter({ hasText: orderNo });
  await outside.setMerchantAnswer('error_500');
  await outside.ingest(paymentResult(ipCode.code, orderNo));

  await signIn('operator');
  await expect(async () => {
    await page.goto(`/send-errors?ip=${ipCode.code}&condition=all&orderNo=${orderNo}`);
    await expect(row).toContainText('未処理', { timeout: 1_000 });
  }).toPass();
  await row.getByRole('radio', { name: '再送信' }).check();
  const id = (await row.getAttribute('data-id')) ?? '';
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await page.getByRole('checkbox', { name: '提供・発送状況を確認しました' }).check();

  const close = 'mutation($id: ID!) { markSendErrorProcessed(input: {id: $id}) { userErrors { code } } }';
  await outside.graphql(close, { id }, 'operate');
  await page.getByRole('button', { name: '送信', exact: true }).click();
  await expect(row).toContainText('未実行');
  await expect(row).toContainText('すでに処理済');
  await expect(row).toContainText('operate');
  await expectAccessible(page);
  expect(await outside.merchantRequests(orderNo)).toHaveLength(1);
});
