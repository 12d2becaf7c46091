// Goal: whoever comes first sees a usable sign-in page, and a wrong password is told in words. Method: the page itself.
import { expectAccessible } from '../support/axe';
import { expect, fillSignIn, test } from '../support/test';

test('the sign-in page loads without a fault and is accessible', async ({ page }) => {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto('/');
  await expect(page.getByLabel('ログインID')).toBeVisible();
  await expect(page.getByLabel('パスワード', { exact: true })).toBeVisible();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test('a wrong password is refused in words', async ({ page, demo }) => {
  await page.goto('/');
  await fillSignIn(page, demo.users[0]?.login ?? '', 'not the password');
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.getByLabel('ログインID')).toBeVisible();
  await expectAccessible(page);
});
