// Goal: who looks after an endpoint sees that it fails, why nothing is sent any more, and ends the pause when it works
// again; who may only look is offered no button. Method: the merchant's endpoint refuses until it is paused; a manager
// resumes by keyboard, and what was kept arrives once each. The pause needs no ten minutes here, by a setting.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import type { Outside } from '../support/outside';
import { paymentResult } from '../support/results';
import { expect, fillSignIn, test } from '../support/test';

const CODE = '2012000124';

test.use({ settings: { TODOKE_PAUSE_SPAN_MS: '0' } });

interface Health {
  state: string;
  keptDeliveries: number;
  attempts: number;
  failures: number;
}

async function health(outside: Outside): Promise<Health> {
  const query = 'query($c: String!) { ipCode(code: $c) { health { state keptDeliveries attempts failures } } }';
  const found = await outside.graphqlAs<{ ipCode: { health: Health } }>('viewer', query, { c: CODE });
  return found.ipCode.health;
}

/** As the page writes it, to a tenth of a percent. */
function share({ attempts, failures }: Health): string {
  return `${attempts}件中 ${failures}件 (${((failures / attempts) * 100).toFixed(1)}%)`;
}

async function pauseAfter(outside: Outside, failures: number): Promise<void> {
  const change =
    'mutation($c: String!, $n: Int!) { updateIpCodeSettings(input: {ipCode: $c, retryPolicy: {kind: NONE, pauseAfterFailures: $n}}) { userErrors { code } } }';
  const told = await outside.graphqlAs<{ updateIpCodeSettings: { userErrors: unknown[] } }>('manager', change, {
    c: CODE,
    n: failures,
  });
  expect(told.updateIpCodeSettings.userErrors).toEqual([]);
}

/** A busy machine draws late: keys that are pressed before the next frame still go where they belong. */
async function drawLate(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.requestAnimationFrame = (draw) => window.setTimeout(() => draw(performance.now()), 100);
  });
}

test('a manager sees why nothing is sent and resumes by keyboard', async ({ page, signIn, outside, browser, demo }) => {
  await drawLate(page);
  const section = page.getByRole('region', { name: '送信先の状態' });
  await signIn('manager');

  await test.step('an endpoint that is used and works', async () => {
    await outside.setMerchantAnswer('ok');
    await outside.ingest(paymentResult(CODE, 'HEALTH-OK'));
    await expect.poll(async () => (await health(outside)).attempts).toBeGreaterThan(0);
    await page.goto(`/settings/ip-codes/${CODE}`);
    await expect(section.getByText('正常')).toBeVisible();
    await expect(section).toContainText(share(await health(outside)));
    await expect(section.getByRole('button')).toHaveCount(0);
  });

  await test.step('it fails, and after three failures it is paused: told without a reload', async () => {
    await pauseAfter(outside, 3);
    await outside.setMerchantAnswer('refuse');
    await outside.ingest(paymentResult(CODE, 'HEALTH-1'));
    await expect(section.getByText('送信失敗が続いています')).toBeVisible();
    await outside.ingest([paymentResult(CODE, 'HEALTH-2'), paymentResult(CODE, 'HEALTH-3')]);
    await expect(section.getByText('送信を停止しています')).toBeVisible();
    const failed = await health(outside);
    expect(failed.failures).toBeGreaterThanOrEqual(3);
    await expect(section).toContainText(share(failed));
    await expect(section).toContainText('次に試す日時');
    // The process that paused it is the one that takes results in: it keeps from here on.
    await expect.poll(async () => (await health(outside)).state).toBe('PAUSED');
    await outside.ingest([paymentResult(CODE, 'HEALTH-KEPT-1'), paymentResult(CODE, 'HEALTH-KEPT-2')]);
    await expect(section.getByText('2件', { exact: true })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a viewer reads the same and is offered no button', async () => {
    const context = await browser.newContext({ baseURL: demo.url });
    const other = await context.newPage();
    const viewer = demo.users.find((user) => user.role === 'viewer');
    await other.goto('/');
    await fillSignIn(other, viewer?.login ?? '', viewer?.password ?? '');
    await expect(other.getByRole('navigation', { name: 'メニュー' })).toBeVisible();
    await other.goto(`/settings/ip-codes/${CODE}`);
    const theirs = other.getByRole('region', { name: '送信先の状態' });
    await expect(theirs.getByText('送信を停止しています')).toBeVisible();
    await expect(theirs.getByRole('button')).toHaveCount(0);
    await expectAccessible(other);
    await context.close();
  });

  await test.step('the manager thinks again, then resumes', async () => {
    await outside.setMerchantAnswer('ok');
    await section.getByRole('button', { name: '送信を再開' }).focus();
    await page.keyboard.press('Enter');
    await expect(section.getByRole('button', { name: '再開する' })).toBeFocused();
    await expect(section).toContainText('保管中の2件を受信した順に送信します。');
    await expectAccessible(page);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(section.getByRole('button', { name: '送信を再開' })).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect(section.getByText('送信を再開しました。保管していた決済結果を順に送信しています。')).toBeFocused();
    await expect(section.getByText('正常')).toBeVisible();
    await expectAccessible(page);
    await expect.poll(async () => (await outside.merchantRequests('HEALTH-KEPT-')).length).toBe(2);
    expect(await health(outside)).toMatchObject({ state: 'HEALTHY', keptDeliveries: 0 });
  });
});

// Goal: the same on a phone and in English. Method: nothing goes beyond the screen's edge.
test('the section fits a phone, in English', async ({ page, signIn }) => {
  await signIn('manager');
  await page.evaluate(() => localStorage.setItem('todoke.language', 'en'));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/settings/ip-codes/${CODE}`);
  await expect(page.getByRole('region', { name: 'How the endpoint fares' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await expectAccessible(page);
});
