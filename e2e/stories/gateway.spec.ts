// Goal: a shop is set up for notifications in the app, and no order is made of a payment that the gateway has cancelled.
// Method: a manager follows the guide and stores ShopID and ShopPass; then a restorable row is looked at while the
// gateway says cancelled, nothing, and paid: no button, a button with an explicit choice, and a plain button.
import { expectAccessible } from '../support/axe';
import { accessId, gatewayShop, notification, register } from '../support/purchase';
import { expect, test } from '../support/test';

const UPDATE = 'mutation ($input: UpdateGatewaySettingsInput!) { updateGatewaySettings(input: $input) { userErrors { code } } }';

test('a manager sets the gateway up, and what it says holds before a restore', async ({ page, signIn, outside, gateway }) => {
  const orderNo = `${Date.now()}8`;
  const { code, shopId } = await gatewayShop(outside);
  await signIn('manager');

  await test.step('the guide names address and shop; the password is stored and never shown', async () => {
    await page.goto(`/settings/ip-codes/${code}`);
    await page.getByRole('link', { name: '設定手順を開く' }).click();
    await expect(page.getByRole('heading', { name: '決済システムでの設定手順' })).toBeVisible();
    await expect(page.getByText('/notify/gmopg')).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: shopId })).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('送信元のアドレス').fill('not a network');
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByLabel('送信元のアドレス')).toBeFocused();
    await expectAccessible(page);
    await page.getByLabel('送信元のアドレス').fill('');
    await page.getByLabel('ショップパスワード').fill('pass123');
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('保存しました')).toBeVisible();
    await expect(page.getByLabel('ショップパスワード')).toHaveValue('');
    await expect(page.getByText('登録済みです(表示はできません)')).toBeVisible();
  });

  try {
    await test.step('a paid order waits to be restored', async () => {
      await register(outside, code, orderNo, 'checkout');
      expect(await outside.notify(notification(shopId, orderNo))).toBe('0');
      await expect(page.getByText('受信しています', { exact: true })).toBeVisible();
    });

    await test.step('cancelled at the gateway: evidence and no button', async () => {
      gateway.say({ status: 'VOID', amount: 11350, accessId: accessId(orderNo) });
      await page.goto(`/abnormal-orders?list=restorable&orderNo=${orderNo}`);
      const row = page.getByRole('row').filter({ hasText: orderNo });
      await row.getByRole('link', { name: '復旧', exact: true }).click({ timeout: 40_000 });
      await expect(page.getByRole('heading', { name: 'この注文は復旧できません' })).toBeVisible();
      await expect(page.getByRole('button', { name: '復旧する' })).toHaveCount(0);
      await expectAccessible(page);
    });

    await test.step('the gateway does not tell: only who means it restores', async () => {
      gateway.say('error');
      await page.getByRole('button', { name: 'もう一度照会する' }).click();
      await expect(page.getByRole('heading', { name: '決済システムの状態を確認できません' })).toBeVisible();
      await page.getByRole('button', { name: '復旧する' }).click();
      await expect(page.getByText('復旧するには、チェックを入れてください。')).toBeVisible();
      await expectAccessible(page);
    });

    await test.step('paid: the order is made', async () => {
      gateway.say({ status: 'CAPTURE', amount: 11350, accessId: accessId(orderNo) });
      await page.getByRole('button', { name: 'もう一度照会する' }).click();
      await expect(page.getByText('決済成立を確認')).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: '復旧する' }).click();
      await expect(page.getByText(`注文 ${orderNo} を復旧しました`)).toBeVisible();
    });
  } finally {
    await outside.graphqlAs('manager', UPDATE, { input: { ipCode: code, shopPass: '' } });
  }
});
