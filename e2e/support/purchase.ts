// A purchase as the two sides tell of it that stories need: the cart registers it, the gateway posts that it was paid.
import { expect } from '@playwright/test';
import type { Outside } from './outside';

const REGISTER_CHECKOUTS = `mutation ($input: RegisterCheckoutsInput!) {
  registerCheckouts(input: $input) { results { userErrors { code message } } userErrors { code message } }
}`;
const REGISTER_ORDERS = `mutation ($input: RegisterOrdersInput!) {
  registerOrders(input: $input) { results { userErrors { code message } } userErrors { code message } }
}`;

interface Registered {
  results: { userErrors: unknown[] }[];
  userErrors: unknown[];
}

/** The id of a payment at the gateway, another one for each order. */
export function accessId(orderNo: string): string {
  return orderNo.padStart(32, 'a');
}

/** The example of the gateway's manual, for another order at this moment. */
export function notification(shopId: string, orderNo: string): Record<string, string> {
  const inTokyo = new Date(Date.now() + 9 * 3600 * 1000).toISOString();
  return {
    ShopID: shopId,
    ShopPass: '**********',
    AccessID: accessId(orderNo),
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

function expectRegistered(registered: Registered): void {
  expect(registered.userErrors).toEqual([]);
  expect(registered.results.flatMap((result) => result.userErrors)).toEqual([]);
}

/** The cart's part: a checkout, or an order that was paid in another way. */
export async function register(outside: Outside, ipCode: string, orderNo: string, what: 'checkout' | 'order'): Promise<void> {
  const cart = {
    ipCode,
    orderNo,
    orderedAt: new Date(Date.now() - 60_000).toISOString(),
    customerName: '髙島 花子',
    email: 'hanako@example.jp',
    memberId: 'm-1001',
    total: 11350,
    shippingFee: 550,
    lines: [{ name: '春の福袋', unitPrice: 10800, quantity: 1 }],
  };
  if (what === 'checkout') {
    const input = { checkouts: [{ ...cart, payType: '0', accessId: accessId(orderNo) }] };
    const answer = await outside.graphql<{ registerCheckouts: Registered }>(REGISTER_CHECKOUTS, { input });
    expectRegistered(answer.registerCheckouts);
  } else {
    const input = { orders: [{ ...cart, paymentMethod: '代金引換' }] };
    const answer = await outside.graphql<{ registerOrders: Registered }>(REGISTER_ORDERS, { input });
    expectRegistered(answer.registerOrders);
  }
}

/** An IP code whose gateway notifies. */
export async function gatewayShop(outside: Outside): Promise<{ code: string; shopId: string }> {
  const found = (await outside.ipCodes()).find((candidate) => candidate.gatewayNotifications && candidate.shopId);
  if (!found?.shopId) throw new Error('the demo has no IP code with gateway notifications');
  return { code: found.code, shopId: found.shopId };
}
