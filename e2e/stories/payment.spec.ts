// Goal: whoever looks into one payment sees what happened to it on both sides in one timeline, whichever of its rows one
// comes from, and reads the request of any attempt. Method: a result that fails, the cart's checkout and the gateway's
// notification bear one number; an operator restores, ships, and walks around by keyboard; then a phone in English.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import type { Outside } from '../support/outside';
import { gatewayShop, notification, register } from '../support/purchase';
import { paymentResult } from '../support/results';
import { expect, test } from '../support/test';

interface Rows {
  abnormalOrder: string;
  order: string;
  payment: string;
  sendError: string;
}

/** One number on both sides: not delivered, and not saved by the cart until it was restored. */
async function purchase(outside: Outside, orderNo: string): Promise<Rows> {
  const shop = await gatewayShop(outside);
  await outside.setMerchantAnswer('error_500');
  await outside.ingest(paymentResult(shop.code, orderNo, { parameters: { item: '春の福袋' } }));
  await register(outside, shop.code, orderNo, 'checkout');
  expect(await outside.notify(notification(shop.shopId, orderNo))).toBe('0');
  const list =
    'query($c: [String!]!, $n: String!) { abnormalOrders(filter: {ipCodes: $c, orderNo: $n}) { nodes { id payment { id sendError { id } } } } }';
  interface Found {
    abnormalOrders: { nodes: { id: string; payment: { id: string; sendError: { id: string } | null } }[] };
  }
  const find = async () => (await outside.graphql<Found>(list, { c: [shop.code], n: orderNo }, 'operate')).abnormalOrders.nodes[0];
  await expect.poll(async () => (await find())?.payment.sendError?.id, { timeout: 40_000 }).toBeTruthy();
  const row = await find();
  if (!row?.payment.sendError) throw new Error('the row is gone');
  const restore =
    'mutation($id: ID!, $k: String!) { restoreAbnormalOrder(input: {id: $id, idempotencyKey: $k, proceedWithoutGatewayCheck: true}) { order { id } } }';
  interface Restored {
    restoreAbnormalOrder: { order: { id: string } };
  }
  const restored = await outside.graphqlAs<Restored>('operator', restore, { id: row.id, k: orderNo });
  const order = restored.restoreAbnormalOrder.order.id;
  return { abnormalOrder: row.id, order, payment: row.payment.id, sendError: row.payment.sendError.id };
}

async function noOverflow(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

test('an operator reads one timeline of both halves, from each of its rows', async ({ page, signIn, outside }) => {
  const orderNo = `e2e-pay-${Date.now()}`;
  const rows = await purchase(outside, orderNo);
  await signIn('operator');
  const timeline = page.getByRole('region', { name: '履歴' });
  const heading = page.getByRole('heading', { name: `決済 ${orderNo}` });
  const link = page.getByRole('link', { name: 'この決済のすべての履歴' });

  await test.step('from the send error, by keyboard', async () => {
    await page.goto(`/send-errors/${rows.sendError}`);
    await link.focus();
    await page.keyboard.press('Enter');
    await expect(heading).toBeVisible();
    for (const told of ['決済結果を受信', '結果通知を受信', '注文データ', '復旧']) await expect(timeline).toContainText(told);
    await expect(timeline).not.toContainText('RESTORABLE');
    await expect(page).toHaveTitle(new RegExp(`決済 ${orderNo}`));
    await expectAccessible(page);
    await timeline.getByText('リクエストと応答').first().focus();
    await page.keyboard.press('Enter');
    await expect(timeline).toContainText('春の福袋');
    await expectAccessible(page);
  });

  await test.step('what happens elsewhere shows live and closes nothing', async () => {
    const ship = 'mutation($id: ID!) { updateOrderStatus(input: {id: $id, status: SHIPPED, reason: "宅配便"}) { userErrors { code } } }';
    await outside.graphqlAs('operator', ship, { id: rows.order });
    await expect(timeline).toContainText('新規受付 → 発送済み · 宅配便');
    await expect(page.getByRole('region', { name: 'この決済のデータ' })).toContainText('発送済み');
    await expect(timeline.getByRole('region', { name: 'curlコマンド' })).toBeVisible();
  });

  await test.step('to each row and back', async () => {
    const records = page.getByRole('region', { name: 'この決済のデータ' });
    for (const [index, address] of [`/send-errors/${rows.sendError}`, `/abnormal-orders/${rows.abnormalOrder}`, `/orders/${rows.order}`].entries()) {
      await records.getByRole('link', { name: '詳細表示' }).nth(index).focus();
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(new RegExp(`${address}$`));
      await link.click();
      await expect(heading).toBeVisible();
    }
  });

  await test.step('from the list of abnormal orders by the order number', async () => {
    await page.goto(`/abnormal-orders?orderNo=${orderNo}`);
    await page.getByRole('link', { name: `決済 ${orderNo} のすべての履歴` }).focus();
    await page.keyboard.press('Enter');
    await expect(heading).toBeVisible();
  });

  await test.step('on a phone, in English', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('heading', { name: `Payment ${orderNo}` })).toBeVisible();
    await noOverflow(page);
    await expectAccessible(page);
  });
});

// Goal: who has no right to an IP code learns nothing by the address. Method: an address that nobody has.
test('an unknown payment is not found', async ({ page, signIn }) => {
  await signIn('viewer');
  await page.goto('/payments/UGF5bWVudDow');
  await expect(page.getByText('見つかりません。')).toBeVisible();
  await expectAccessible(page);
});
