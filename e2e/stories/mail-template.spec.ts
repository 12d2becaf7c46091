// Goal: a manager gives an IP code its own confirmation mail without guessing: placeholders are put where the cursor stands,
// the preview follows, what is wrong stands beside its field, nothing typed is left by accident, and the next mail begins
// with it. Method: by keyboard in the real app, then the draft of a real order; a viewer reads; a phone in English.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/test';

const CODE = '2012000123';
const ADDRESS = `/settings/ip-codes/${CODE}/order-mail`;

async function noOverflow(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

test('a manager writes the template by keyboard', async ({ page, signIn, outside }) => {
  await signIn('manager');
  const preview = page.getByRole('region', { name: 'プレビュー' });
  const subject = page.getByRole('textbox', { name: '件名' });
  const body = page.getByRole('textbox', { name: '本文' });

  await test.step('the settings lead to it, and the preview shows a sample order', async () => {
    await page.goto(`/settings/ip-codes/${CODE}`);
    await page.getByRole('link', { name: 'テンプレートを編集' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '確認メールのテンプレート' })).toBeVisible();
    await expect(page.getByText('標準の文面を使用中')).toBeVisible();
    await expect(preview).toContainText('届出 花子 様');
    await expect(preview).toContainText('¥11,350');
    await expectAccessible(page);
  });

  await test.step('a placeholder is put where the cursor stands', async () => {
    await subject.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('ご注文ありがとうございます()');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: '注文番号 {{order_no}}' }).focus();
    await page.keyboard.press('Enter');
    await expect(subject).toBeFocused();
    await expect(subject).toHaveValue('ご注文ありがとうございます({{order_no}})');
    await page.keyboard.type(' 様');
    await expect(subject).toHaveValue('ご注文ありがとうございます({{order_no}} 様)');
    await expect(preview).toContainText('ご注文ありがとうございます(2009031700002 様)');
    await expect(page.getByText('保存していない変更があります。')).toBeVisible();
  });

  await test.step('what is wrong stands beside its field', async () => {
    await body.fill('{{customer_name}} 様\n{{zip_code}}');
    await page.getByRole('button', { name: '保存' }).focus();
    await page.keyboard.press('Enter');
    await expect(body).toBeFocused();
    await expect(body).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByText('{{zip_code}} という差し込み項目はありません。').first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('what is unsaved is not left by accident, and survives another language', async () => {
    page.once('dialog', (dialog) => void dialog.dismiss());
    await page.getByRole('link', { name: 'CGI送信エラー処理' }).click();
    await expect(body).toHaveValue('{{customer_name}} 様\n{{zip_code}}');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('textbox', { name: 'Text' })).toHaveValue('{{customer_name}} 様\n{{zip_code}}');
    await page.getByRole('button', { name: '日本語', exact: true }).click();
    await expect(body).toHaveValue('{{customer_name}} 様\n{{zip_code}}');
  });

  await test.step('it is saved, and the next mail begins with it', async () => {
    await body.fill('{{customer_name}} 様\n合計 {{total}}');
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('保存しました。次に作るメールから使われます。')).toBeVisible();
    await expect(page.getByText('このIPコードの文面を使用中')).toBeVisible();
    const query =
      'query($c: [String!]!) { orders(filter: {ipCodes: $c}, first: 1) { nodes { orderNo customerName mailDraft { subject body } } } }';
    interface Draft {
      orderNo: string;
      customerName: string;
      mailDraft: { subject: string; body: string };
    }
    const found = await outside.graphqlAs<{ orders: { nodes: Draft[] } }>('manager', query, { c: [CODE] });
    const order = found.orders.nodes[0];
    expect(order?.mailDraft.subject).toBe(`ご注文ありがとうございます(${order?.orderNo} 様)`);
    expect(order?.mailDraft.body).toContain(`${order?.customerName} 様\n合計 ¥`);
    await page.reload();
    await expect(body).toHaveValue('{{customer_name}} 様\n合計 {{total}}');
  });

  await test.step('the standard text comes back', async () => {
    await page.getByRole('button', { name: '英語の標準文面' }).click();
    await expect(preview).toContainText('Dear 届出 花子');
    await page.getByRole('button', { name: '日本語の標準文面' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('標準の文面を使用中')).toBeVisible();
    await expectAccessible(page);
  });
});

test('a viewer reads the template; it fits a phone, in English', async ({ page, signIn }) => {
  await signIn('viewer');
  await page.goto(ADDRESS);
  await expect(page.getByText('設定を変更する権限がないため、閲覧のみできます。')).toBeVisible();
  await expect(page.getByRole('region', { name: 'プレビュー' })).toContainText('届出 花子 様');
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: '保存' })).toHaveCount(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(() => localStorage.setItem('todoke.language', 'en'));
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Template of the confirmation mail' })).toBeVisible();
  await noOverflow(page);
  await expectAccessible(page);
  await page.goto('/settings/ip-codes/9999999999/order-mail');
  await expect(page.getByRole('alert')).toBeVisible();
});
