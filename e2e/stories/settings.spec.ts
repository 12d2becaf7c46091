// Goal: a manager sets an endpoint up without guessing: the exact request as one types, a test with its answer, the
// acknowledgement rule tried out, the policy in words; nothing typed is lost to somebody else's change, and a secret is
// shown once. Method: by keyboard in the real app; a tool changes the settings in between.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/test';

const CODE = '2012000124';

async function replace(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

test('a manager sets an endpoint up by keyboard', async ({ page, signIn, outside }) => {
  await signIn('manager');
  await outside.setMerchantAnswer('ok');

  await test.step('the menu leads to the list and to the settings', async () => {
    await page.getByRole('link', { name: 'IPコード', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'IPコードの設定' })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: CODE })).toContainText('変更できます');
    await expectAccessible(page);
    await page.getByRole('link', { name: CODE }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: '送信先(エンドポイント)' })).toBeVisible();
    await expect(page.getByText('変更はありません。')).toBeVisible();
    await expectAccessible(page);
  });

  const preview = page.getByRole('region', { name: '送信内容のプレビュー' });
  await test.step('the preview follows what is typed', async () => {
    await expect(preview).toContainText('POST /');
    await page.getByRole('radio', { name: 'GET' }).focus();
    await page.keyboard.press('Space');
    await expect(preview).toContainText('GET /');
    await expect(preview).toContainText('todoke-test: true');
    await expect(page.getByText('保存していない変更があります。')).toBeVisible();
  });

  await test.step('a test shows request and answer', async () => {
    await page.getByRole('button', { name: 'テスト送信' }).focus();
    await page.keyboard.press('Enter');
    await expect(preview).toContainText('テスト送信の結果');
    await expect(preview).toContainText('送信成功');
    await expectAccessible(page);
  });

  await test.step('the acknowledgement rule is tried in the browser', async () => {
    await page.getByRole('radio', { name: '先頭が一致' }).focus();
    await page.keyboard.press('Space');
    await replace(page, '照合する文字列', 'OK');
    await replace(page, '応答本文の例で試す', 'NG');
    await expect(page.getByText('受領とみなしません', { exact: true })).toBeVisible();
    await replace(page, '応答本文の例で試す', 'OK 0');
    await expect(page.getByText('受領とみなします', { exact: true })).toBeVisible();
  });

  await test.step('a broken figure is told beside its field, a policy in words', async () => {
    await page.getByRole('radio', { name: '間隔を指定して再送' }).focus();
    await page.keyboard.press('Space');
    await replace(page, '再送までの間隔', '30');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('再送までの間隔')).toBeFocused();
    await expect(page.getByLabel('再送までの間隔')).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible(page);
    await replace(page, '再送までの間隔', '30秒 5分');
    await expect(page.getByText('30秒, 5分 の間隔で 2回まで再送し')).toBeVisible();
  });

  await test.step('what is unsaved is not left by accident', async () => {
    page.once('dialog', (dialog) => void dialog.dismiss());
    await page.getByRole('link', { name: 'CGI送信エラー処理' }).click();
    await expect(page.getByLabel('再送までの間隔')).toHaveValue('30秒 5分');
  });

  await test.step('somebody else saves first, and nothing typed is lost', async () => {
    const change =
      'mutation($c: String!) { updateIpCodeSettings(input: {ipCode: $c, alertAddresses: ["second@sakura.example.jp"]}) { userErrors { code message } } }';
    const told = await outside.graphqlAs<{ updateIpCodeSettings: { userErrors: unknown[] } }>('manager', change, {
      c: CODE,
    });
    expect(told.updateIpCodeSettings.userErrors).toEqual([]);
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByRole('heading', { name: '他の担当者が先に設定を変更しました' })).toBeVisible();
    await expect(page.getByLabel('再送までの間隔')).toHaveValue('30秒 5分');
    await expectAccessible(page);
    await page.getByRole('button', { name: '入力中の内容を使う' }).click();
    await page.getByLabel('通知先メールアドレス').fill('second@sakura.example.jp');
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('保存しました。')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('再送までの間隔')).toHaveValue('30秒, 5分');
    await expect(page.getByLabel('通知先メールアドレス')).toHaveValue('second@sakura.example.jp');
  });

  await test.step('a new secret is confirmed, shown once and gone', async () => {
    await page.getByRole('button', { name: '新しいシークレットを発行' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('古いシークレットも有効にしておく時間')).toBeFocused();
    await replace(page, '古いシークレットも有効にしておく時間', '169');
    await page.getByRole('button', { name: '発行する' }).click();
    await expect(page.getByText('0から168の数字を入力してください。')).toBeVisible();
    await replace(page, '古いシークレットも有効にしておく時間', '48');
    await page.getByRole('button', { name: '発行する' }).click();
    await expect(page.getByText('whsec_')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: '表示を終える' }).click();
    await expect(page.getByText('whsec_')).toHaveCount(0);
    await expect(page.getByText('現在有効')).toBeVisible();
  });
});

// Goal: who may not change settings reads them and is offered nothing. Method: a viewer opens the same page.
test('a viewer reads the settings and is offered no button', async ({ page, signIn }) => {
  await signIn('viewer');
  await page.goto(`/settings/ip-codes/${CODE}`);
  await expect(page.getByText('設定を変更する権限がないため、閲覧のみできます。')).toBeVisible();
  await expect(page.getByText('送信先URL')).toBeVisible();
  for (const name of ['保存', 'テスト送信', '新しいシークレットを発行', '送信を再開']) {
    await expect(page.getByRole('button', { name })).toHaveCount(0);
  }
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expectAccessible(page);
  await page.goto('/settings/ip-codes/9999999999');
  await expect(page.getByText('見つかりません。')).toBeVisible();
});
