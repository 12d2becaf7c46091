// Goal: a paid order that the cart never saved is found and saved, and one that nobody knows is shown as such.
// Method: the cart registers a checkout, the gateway notifies, an operator sees 復旧対象, restores it after the
// confirmation and finds the order; a notification without a checkout is 復旧不可.
import { expectAccessible } from '../support/axe';
import { savedFile } from '../support/download';
import { gatewayShop, notification, register } from '../support/purchase';
import { expect, test } from '../support/test';

test('an operator restores a paid order that the cart never saved', async ({ page, signIn, outside }) => {
  const number = String(Date.now());
  const known = `${number}1`;
  const unknown = `${number}2`;
  const shop = await gatewayShop(outside);
  const row = (orderNo: string) => page.getByRole('row').filter({ hasText: orderNo });

  await signIn('operator');
  await page.getByRole('link', { name: '異常注文復旧処理' }).click();
  await expect(page.getByRole('heading', { name: '異常注文復旧処理' })).toBeVisible();
  await expectAccessible(page);

  await test.step('cart and gateway do their part', async () => {
    await register(outside, shop.code, known, 'checkout');
    expect(await outside.notify(notification(shop.shopId, known))).toBe('0');
    expect(await outside.notify(notification(shop.shopId, unknown))).toBe('0');
  });

  const list = (name: string) => page.getByRole('navigation', { name: '一覧の種類' }).getByRole('link', { name });

  await test.step('both rows are there, each in its state', async () => {
    await list('復旧対象').click();
    await expect(row(known)).toBeVisible({ timeout: 40_000 });
    await expect(row(known)).toContainText('髙島 花子');
    await expect(row(unknown)).toHaveCount(0);
    await expectAccessible(page);
    await list('復旧不可').click();
    await expect(row(unknown)).toBeVisible({ timeout: 40_000 });
    await expect(row(unknown)).toContainText('復旧不可');
    await expect(row(unknown).getByRole('link', { name: '復旧', exact: true })).toHaveCount(0);
    await page.getByText('CSV', { exact: true }).click();
    await expectAccessible(page);
    const file = await savedFile(page, 'CP932');
    expect(file).toContain(unknown);
    expect(file).not.toContain(known);
  });

  await test.step('the operator restores the one that can be', async () => {
    await list('復旧対象').click();
    await row(known).getByRole('link', { name: '復旧', exact: true }).click();
    await expect(page.getByRole('heading', { name: '復旧内容の確認' })).toBeVisible();
    await expect(page.getByText(known).first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: '復旧する' }).click();
    await expect(page.getByText(`注文 ${known} を復旧しました`)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the order is among the orders', async () => {
    await page.getByRole('link', { name: '注文処理状況管理' }).click();
    await expect(row(known)).toContainText('復旧した注文');
    await expect(row(known)).toContainText('未送信');
    await expectAccessible(page);
  });
});
