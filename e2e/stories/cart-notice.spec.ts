// Goal: a manager lets the cart know of restored orders, and whoever looks at an order sees whether the cart knows; who may
// restore sends the notice again when the cart works again. Method: the settings by keyboard, a cart that fails and then
// works, one order that is restored; a viewer is offered nothing; a phone in English.
import { expectAccessible } from '../support/axe';
import { Cart } from '../support/cart';
import { gatewayShop, notification, register } from '../support/purchase';
import { expect, fillSignIn, test } from '../support/test';

test('the cart is told of a restored order, and told again by hand', async ({ page, signIn, outside, demo, browser }) => {
  const cart = await Cart.start();
  const orderNo = `e2e-notice-${Date.now()}`;
  const shop = await gatewayShop(outside);
  const url = page.getByRole('textbox', { name: '通知先URL' });
  const notice = page.getByRole('region', { name: 'カートへの通知' });
  const restore = async (number: string): Promise<string> => {
    await register(outside, shop.code, number, 'checkout');
    expect(await outside.notify(notification(shop.shopId, number))).toBe('0');
    const list = 'query($c: [String!]!, $n: String!) { abnormalOrders(filter: {ipCodes: $c, orderNo: $n}) { nodes { id } } }';
    interface Found {
      abnormalOrders: { nodes: { id: string }[] };
    }
    const find = async () => (await outside.graphql<Found>(list, { c: [shop.code], n: number }, 'operate')).abnormalOrders.nodes[0]?.id;
    await expect.poll(find, { timeout: 40_000 }).toBeTruthy();
    const act =
      'mutation($id: ID!, $k: String!) { restoreAbnormalOrder(input: {id: $id, idempotencyKey: $k, proceedWithoutGatewayCheck: true}) { order { id } } }';
    interface Restored {
      restoreAbnormalOrder: { order: { id: string } };
    }
    const told = await outside.graphqlAs<Restored>('operator', act, { id: await find(), k: number });
    return told.restoreAbnormalOrder.order.id;
  };

  const set = async (address: string | null) => {
    const change = 'mutation($c: String!, $u: String!) { updateIpCodeSettings(input: {ipCode: $c, restoredEndpointUrl: $u}) { userErrors { code } } }';
    await outside.graphqlAs('manager', change, { c: shop.code, u: address ?? '' });
  };
  const stored = 'query($c: String!) { ipCode(code: $c) { restoredEndpoint { url } } }';
  interface Stored {
    ipCode: { restoredEndpoint: { url: string | null } };
  }
  const before = (await outside.graphqlAs<Stored>('manager', stored, { c: shop.code })).ipCode.restoredEndpoint.url;
  await set(null);
  await signIn('manager');
  const untold = await restore(`0-${orderNo}`);

  await test.step('an order that was restored while nobody was to be told says so and leads to the settings', async () => {
    await page.goto(`/orders/${untold}`);
    await expect(notice.getByText('通知していません', { exact: true })).toBeVisible();
    await notice.getByRole('button', { name: 'カートに通知する' }).focus();
    await page.keyboard.press('Enter');
    await expect(notice.getByRole('alert')).toBeVisible();
    await expectAccessible(page);
    await notice.getByRole('link', { name: '通知先を設定する' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'カートへの通知', level: 1 })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a wrong address is told beside its field; a new secret; the address', async () => {
    await url.focus();
    await page.keyboard.type('ftp://cart.example.jp/');
    await page.keyboard.press('Enter');
    await expect(url).toBeFocused();
    await expect(url).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible(page);
    await page.getByRole('button', { name: '新しいシークレットを発行' }).click();
    await page.getByRole('button', { name: '発行する' }).click();
    await expect(page.getByText('whsec_')).toBeVisible();
    await page.getByRole('button', { name: '表示を終える' }).click();
    await expect(url).toHaveValue('ftp://cart.example.jp/');
    await url.fill(cart.url);
    await page.getByRole('button', { name: '保存' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('保存しました。')).toBeVisible();
    await page.reload();
    await expect(url).toHaveValue(cart.url);
  });

  cart.status = 500;
  const order = await restore(orderNo);

  await test.step('a notice that failed waits, and is sent again by hand with the same id', async () => {
    await page.goto(`/orders/${order}`);
    await expect(notice.getByText('再送を待っています')).toBeVisible();
    await expect(notice).toContainText('次の送信');
    await expect(page.getByText('到達の可能性あり · サーバーエラー (500)')).toBeVisible();
    await expectAccessible(page);
    cart.status = 200;
    await notice.getByRole('button', { name: 'もう一度送る' }).focus();
    await page.keyboard.press('Enter');
    await expect(notice.getByText('通知済み')).toBeVisible();
    const told = cart.notices.filter((one) => one.headers['webhook-id'] === cart.notices[0]?.headers['webhook-id']);
    expect(told.length).toBe(2);
    expect(told[0]?.body.type).toBe('order.restored');
    await expectAccessible(page);
  });

  await test.step('a viewer sees the same and is offered no button; a phone in English', async () => {
    const context = await browser.newContext({ baseURL: demo.url, viewport: { width: 390, height: 844 } });
    const other = await context.newPage();
    const viewer = demo.users.find((user) => user.role === 'viewer');
    await other.goto('/');
    await fillSignIn(other, viewer?.login ?? '', viewer?.password ?? '');
    await expect(other.getByRole('button', { name: 'English' })).toBeVisible();
    await other.getByRole('button', { name: 'English' }).click();
    await other.goto(`/orders/${order}`);
    const theirs = other.getByRole('region', { name: 'Notice to the cart' });
    await expect(theirs.getByText('Delivered')).toBeVisible();
    await expect(theirs.getByRole('button')).toHaveCount(0);
    expect(await other.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expectAccessible(other);
    await other.goto(`/settings/ip-codes/${shop.code}/cart`);
    await expect(other.getByText(cart.url)).toBeVisible();
    await expect(other.getByRole('textbox')).toHaveCount(0);
    expect(await other.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await expectAccessible(other);
    await context.close();
  });
  await set(before);
  await cart.stop();
});
