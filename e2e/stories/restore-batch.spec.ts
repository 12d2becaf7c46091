// Goal: many abnormal orders are restored with one decision, each once, and whoever looks sees how far it is and what became
// of each. Method: the gateway tells of paid orders that the cart never saved; an operator ticks them by keyboard, reads the
// plan with what it leaves out, starts it and watches; one is restored by somebody else before. Then a viewer, and a phone.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import type { Outside } from '../support/outside';
import { gatewayShop, notification, register } from '../support/purchase';
import { expect, test } from '../support/test';

const LIST = 'query($c: [String!]!, $n: String!) { abnormalOrders(filter: {ipCodes: $c, orderNo: $n, list: RESTORABLE}) { totalCount nodes { id orderNo } } }';

interface Found {
  abnormalOrders: { totalCount: number; nodes: { id: string; orderNo: string }[] };
}

/** So many that may be restored, all numbers beginning so. */
async function restorable(outside: Outside, prefix: string, count: number): Promise<Found['abnormalOrders']['nodes']> {
  const shop = await gatewayShop(outside);
  for (let index = 0; index < count; index += 1) {
    await register(outside, shop.code, `${prefix}${index}`, 'checkout');
    expect(await outside.notify(notification(shop.shopId, `${prefix}${index}`))).toBe('0');
  }
  const find = async () => (await outside.graphql<Found>(LIST, { c: [shop.code], n: prefix }, 'operate')).abnormalOrders;
  await expect.poll(async () => (await find()).totalCount, { timeout: 40_000 }).toBe(count);
  return (await find()).nodes;
}

async function noOverflow(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

test('an operator restores many orders by keyboard', async ({ page, signIn, outside }) => {
  const prefix = `e2e-many-${Date.now()}-`;
  const rows = await restorable(outside, prefix, 4);
  await signIn('operator');

  await test.step('ticks, and the way to the plan', async () => {
    await page.goto(`/abnormal-orders?list=restorable&orderNo=${prefix}`);
    await expect(page.getByRole('row').filter({ hasText: prefix })).toHaveCount(4);
    await page.getByRole('row').filter({ hasText: `${prefix}3` }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('1件を選択')).toBeVisible();
    await page.getByRole('checkbox', { name: 'このページをすべて選択' }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('4件を選択')).toBeVisible();
    await page.getByRole('checkbox', { name: `${prefix}0を選択` }).focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('3件を選択')).toBeVisible();
    await page.keyboard.press('Space');
    await expectAccessible(page);
  });

  await test.step('somebody restores one of them meanwhile: the plan says so', async () => {
    const first = rows.find((row) => row.orderNo === `${prefix}0`);
    const act = 'mutation($id: ID!, $k: String!) { restoreAbnormalOrder(input: {id: $id, idempotencyKey: $k, proceedWithoutGatewayCheck: true}) { userErrors { code } } }';
    // Between the press and the server: the row is still ticked.
    await page.route('**/graphql', async (route) => {
      const isPlan = route.request().postData()?.includes('PlanRestoreBatch') ?? false;
      if (isPlan) await outside.graphqlAs('manager', act, { id: first?.id, k: prefix });
      await route.continue();
    });
    await page.getByRole('button', { name: '一括復旧へ進む' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '一括復旧の確認' })).toBeVisible();
    await page.unroute('**/graphql');
    await expect(page.getByText('3件', { exact: true }).first()).toBeVisible();
    await expect(page.getByText('¥34,050').first()).toBeVisible();
    await expect(page.getByRole('region', { name: '含まれていない注文' })).toContainText('すでに復旧済: 1件');
    await expect(page.getByRole('row').filter({ hasText: prefix })).toHaveCount(3);
    await expectAccessible(page);
  });

  await test.step('it is started once, and told live', async () => {
    await page.getByRole('button', { name: '復旧を開始' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '一括復旧', exact: true, level: 1 })).toBeVisible();
    await expect(page.getByText('完了', { exact: true })).toBeVisible();
    await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '3');
    await expect(page.getByRole('row').filter({ hasText: '復旧済' })).toHaveCount(3);
    await expectAccessible(page);
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: '復旧済' })).toHaveCount(3);
    await page.getByRole('link', { name: /失敗/ }).click();
    await expect(page.getByText('該当するデータはありません')).toBeVisible();
    await page.getByRole('link', { name: /すべて/ }).click();
    await page.getByRole('link', { name: `${prefix}2` }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: `注文番号 ${prefix}2` })).toBeVisible();
    const orders = 'query($c: [String!]!, $n: String!) { orders(filter: {ipCodes: $c, orderNo: $n}) { totalCount } }';
    const shop = await gatewayShop(outside);
    const made = await outside.graphql<{ orders: { totalCount: number } }>(orders, { c: [shop.code], n: prefix }, 'operate');
    expect(made.orders.totalCount).toBe(4);
  });
});

// Goal: who may not restore is offered no tick and no start. Method: a viewer opens the list and a plan's address; then a
// phone in English.
test('a viewer is offered nothing; the plan fits a phone, in English', async ({ page, signIn, outside }) => {
  const prefix = `e2e-look-${Date.now()}-`;
  const rows = await restorable(outside, prefix, 2);
  const plan = 'mutation($ids: [ID!]) { planRestoreBatch(input: {ids: $ids}) { batch { id } } }';
  interface Planned {
    planRestoreBatch: { batch: { id: string } };
  }
  const planned = await outside.graphqlAs<Planned>('operator', plan, { ids: rows.map((row) => row.id) });
  await signIn('viewer');
  await page.goto(`/abnormal-orders?list=restorable&orderNo=${prefix}`);
  await expect(page.getByRole('row').filter({ hasText: prefix })).toHaveCount(2);
  await expect(page.getByRole('checkbox', { name: /を選択/ })).toHaveCount(0);
  await page.goto(`/restores/${planned.planRestoreBatch.batch.id}`);
  await expect(page.getByRole('heading', { name: '一括復旧の確認' })).toBeVisible();
  await expect(page.getByRole('button', { name: '復旧を開始' })).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Confirm the bulk restore' })).toBeVisible();
  await noOverflow(page);
  await expectAccessible(page);
});
