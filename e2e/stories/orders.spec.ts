// Goal: what was paid and cannot become an order is dealt with to the end, and a restored order goes on to its buyer.
// Method: gateway and cart make a duplicate, an unrestorable and a restorable row; a manager closes, deletes, restores,
// mails the buyer and moves the order on; each act is confirmed first and stays readable with who did it.
import { expectAccessible } from '../support/axe';
import { accessId, gatewayShop, notification, register } from '../support/purchase';
import { expect, test } from '../support/test';
import type { Page } from '@playwright/test';

const row = (page: Page, orderNo: string) => page.getByRole('row').filter({ hasText: orderNo });

test('a duplicate is closed and an unrestorable row is deleted', async ({ page, signIn, outside }) => {
  const shop = await gatewayShop(outside);
  const number = String(Date.now());
  const duplicate = `${number}5`;
  const unknown = `${number}6`;
  await register(outside, shop.code, duplicate, 'order');
  expect(await outside.notify(notification(shop.shopId, duplicate))).toBe('0');
  expect(await outside.notify(notification(shop.shopId, unknown))).toBe('0');
  await signIn('manager');

  await test.step('the duplicate shows both sides and the steps', async () => {
    await page.goto(`/abnormal-orders?list=duplicate&orderNo=${duplicate}`);
    await row(page, duplicate).getByRole('link', { name: '詳細表示' }).click({ timeout: 40_000 });
    await expect(page.getByRole('heading', { name: '重複している注文' })).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: accessId(duplicate) })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('it is closed with what was done', async () => {
    await page.getByRole('button', { name: '対応済みとして完了' }).click();
    await expect(page.getByRole('radio', { name: '再注文済み' })).toHaveCount(0);
    await page.getByRole('radio', { name: '決済システムで取消済み' }).check();
    await page.getByLabel('メモ').fill('管理画面で取消');
    await expectAccessible(page);
    await page.getByRole('button', { name: '確認' }).click();
    await page.getByRole('button', { name: '完了する' }).click();
    await expect(page.getByRole('heading', { name: '対応済みとして完了: 決済システムで取消済み' })).toBeVisible();
    await expect(page.getByText('管理画面で取消').first()).toBeVisible();
    await expect(page.getByRole('button', { name: '対応済みとして完了' })).toHaveCount(0);
    await expectAccessible(page);
  });

  await test.step('the unrestorable one says what can be done, and is deleted for a reason', async () => {
    await page.goto(`/abnormal-orders?list=unrestorable&orderNo=${unknown}`);
    await row(page, unknown).getByRole('link', { name: '詳細表示' }).click({ timeout: 40_000 });
    await expect(page.getByRole('heading', { name: '1. 再注文していただく場合' })).toBeVisible();
    await expectAccessible(page);
    await page.goBack();
    await row(page, unknown).getByRole('link', { name: `${unknown}を削除` }).click();
    await page.getByRole('button', { name: '削除する' }).click();
    await expect(page.getByText('理由を入力してください。')).toBeVisible();
    await expect(page.getByLabel('理由')).toBeFocused();
    await expectAccessible(page);
    await page.getByLabel('理由').fill('テスト注文のため');
    await page.getByRole('button', { name: '削除する' }).click();
    await expect(page.getByText('異常注文を一覧から削除しました。')).toBeVisible();
    await page.goto(`/abnormal-orders?orderNo=${unknown}`);
    await expect(page.getByText('この一覧に該当する異常注文はありません')).toBeVisible();
  });
});

test('a restored order is mailed to its buyer and moved on', async ({ page, signIn, outside }) => {
  const shop = await gatewayShop(outside);
  const orderNo = `${Date.now()}7`;
  await register(outside, shop.code, orderNo, 'checkout');
  expect(await outside.notify(notification(shop.shopId, orderNo))).toBe('0');
  await signIn('operator');

  await test.step('after 復旧 the way leads to the mail form', async () => {
    await page.goto(`/abnormal-orders?list=restorable&orderNo=${orderNo}`);
    await row(page, orderNo).getByRole('link', { name: '復旧', exact: true }).click({ timeout: 40_000 });
    await page.getByRole('button', { name: '復旧する' }).click();
    await expect(page.getByText(`注文 ${orderNo} を復旧しました。確認メールはまだ送られていません。`)).toBeVisible();
    await page.getByRole('link', { name: 'メール送信フォームへ' }).click();
    await expect(page.getByRole('heading', { name: 'メール送信フォーム' })).toBeVisible();
    await expect(page.getByLabel('宛先')).toHaveValue('hanako@example.jp');
    await expectAccessible(page);
  });

  await test.step('it waits for its mail in the list', async () => {
    await page.getByRole('navigation', { name: 'メニュー' }).getByRole('link', { name: /注文処理状況管理/ }).click();
    await page.getByRole('navigation', { name: '一覧の種類' }).getByRole('link', { name: /確認メール未送信/ }).click();
    await expect(row(page, orderNo)).toContainText('未送信');
    await row(page, orderNo).getByRole('link', { name: orderNo }).click();
    await page.getByRole('link', { name: 'メール送信フォームへ' }).click();
  });

  await test.step('the mail is edited, read once more, and sent', async () => {
    await page.getByLabel('件名').fill('');
    await page.getByRole('button', { name: 'プレビュー' }).click();
    await expect(page.getByLabel('件名')).toBeFocused();
    await page.getByLabel('件名').fill(`ご注文 ${orderNo} の確認`);
    await page.getByRole('button', { name: 'プレビュー' }).click();
    await expect(page.getByRole('heading', { name: 'このメールを送信します' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'メールを送信する' }).click();
    await expect(page.getByText('hanako@example.jp へのメールを受け付けました。')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('its copy is in the timeline', async () => {
    await page.getByRole('link', { name: '注文を開く' }).click();
    await expect(page.getByText('お客様へのメールを受付')).toBeVisible();
    await page.getByText('メールの控え').click();
    await expect(page.getByText(`ご注文 ${orderNo} の確認`)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a second mail needs to be meant', async () => {
    await page.getByRole('link', { name: 'メール送信フォームへ' }).click();
    await page.getByRole('button', { name: 'プレビュー' }).click();
    await page.getByRole('button', { name: 'メールを送信する' }).click();
    await expect(page.getByText('もう一度送信するには、チェックを入れてください。')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('checkbox', { name: /もう一度送信します/ }).check();
    await page.getByRole('button', { name: 'メールを送信する' }).click();
    await expect(page.getByText('hanako@example.jp へのメールを受け付けました。')).toBeVisible();
  });

  await test.step('the order moves on, and back only for a reason', async () => {
    await page.getByRole('link', { name: '注文を開く' }).click();
    await page.getByRole('radio', { name: '対応中' }).check();
    await page.getByRole('button', { name: '変更する' }).click();
    await expect(page.getByText('ステータスを「対応中」に変更しました。')).toBeVisible();
    await page.getByRole('radio', { name: '新規受付' }).check();
    await page.getByRole('button', { name: '変更する' }).click();
    await expect(page.getByText('理由を入力してください。')).toBeVisible();
    await page.getByLabel('理由').fill('誤って変更した');
    await page.getByRole('button', { name: '変更する' }).click();
    await expect(page.getByText('ステータスを「新規受付」に変更しました。')).toBeVisible();
    await expect(page.getByText('対応中 → 新規受付 · 誤って変更した')).toBeVisible();
    await expectAccessible(page);
  });
});
