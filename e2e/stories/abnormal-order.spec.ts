// Goal: a paid order that the cart never saved is found and saved, and one that nobody knows is shown as such.
// Method: the cart registers a checkout, the gateway notifies, an operator sees 復旧対象, restores it after the
// confirmation and finds the order; a notification without a checkout is 復旧不可.
import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/test';

const ACCESS_ID = '75340a34dde2a2f3d77c70a48cd815e3';
const REGISTER_CHECKOUTS = `mutation ($input: RegisterCheckoutsInput!) {
  registerCheckouts(input: $input) { results { userErrors { code message } } userErrors { code message } }
}`;

interface Registered {
  registerCheckouts: { results: { userErrors: unknown[] }[]; userErrors: unknown[] };
}

/** The example of the gateway's manual, for another order at this moment. */
function notification(shopId: string, orderNo: string): Record<string, string> {
  const inTokyo = new Date(Date.now() + 9 * 3600 * 1000).toISOString();
  return {
    ShopID: shopId,
    ShopPass: '**********',
    AccessID: ACCESS_ID,
    AccessPass: '********************************',
    OrderID: orderNo,
    Status: 'CAPTURE',
    JobCd: 'CAPTURE',
    Amount: '11350',
    Tax: '0',
    Currency: 'JPN',
    Forward: '2a99662',
    Method: '1',
    PayTimes: '',
    TranID: '0903171629111111111111871056',
    Approve: ' 707831',
    TranDate: inTokyo.replace(/\D/g, '').slice(0, 14),
    ErrCode: '',
    ErrInfo: '',
    PayType: '0',
  };
}

test('an operator restores a paid order that the cart never saved', async ({ page, signIn, outside }) => {
  const number = String(Date.now());
  const known = `${number}1`;
  const unknown = `${number}2`;
  const ipCode = (await outside.ipCodes()).find((candidate) => candidate.gatewayNotifications && candidate.shopId);
  if (!ipCode?.shopId) throw new Error('the demo has no IP code with gateway notifications');
  const row = (orderNo: string) => page.getByRole('row').filter({ hasText: orderNo });

  await signIn('operator');
  await page.getByRole('link', { name: '異常注文復旧処理' }).click();
  await expect(page.getByRole('heading', { name: '異常注文復旧処理' })).toBeVisible();
  await expectAccessible(page);

  await test.step('cart and gateway do their part', async () => {
    const { registerCheckouts } = await outside.graphql<Registered>(REGISTER_CHECKOUTS, {
      input: {
        checkouts: [
          {
            ipCode: ipCode.code,
            orderNo: known,
            orderedAt: new Date(Date.now() - 60_000).toISOString(),
            customerName: '髙島 花子',
            email: 'hanako@example.jp',
            memberId: 'm-1001',
            total: 11350,
            shippingFee: 550,
            lines: [{ name: '春の福袋', unitPrice: 10800, quantity: 1 }],
            payType: '0',
            accessId: ACCESS_ID,
          },
        ],
      },
    });
    expect(registerCheckouts.userErrors).toEqual([]);
    expect(registerCheckouts.results.map((result) => result.userErrors)).toEqual([[]]);
    expect(await outside.notify(notification(ipCode.shopId ?? '', known))).toBe('0');
    expect(await outside.notify(notification(ipCode.shopId ?? '', unknown))).toBe('0');
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
    await expectAccessible(page);
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
