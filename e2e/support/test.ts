// The test function of all stories: one server per worker, and helpers bound to it.
import { test as base, expect, type Page } from '@playwright/test';
import { Gateway } from './gateway';
import { Outside } from './outside';
import { Server, type Demo, type Role } from './server';

interface Fixtures {
  /** Everybody but the person at the browser: gateway, cart, provider, merchant. */
  outside: Outside;
  /** Signs in as the first user of a role. */
  signIn: (role: Role) => Promise<void>;
}

interface WorkerFixtures {
  /** Settings that a story needs of its server; another set is another server. */
  settings: Record<string, string>;
  gateway: Gateway;
  demo: Demo;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  settings: [{}, { scope: 'worker', option: true }],
  gateway: [
    async ({}, use) => {
      const gateway = await Gateway.start();
      await use(gateway);
      await gateway.stop();
    },
    { scope: 'worker' },
  ],
  demo: [
    async ({ gateway, settings }, use) => {
      const server = await Server.start(gateway.url, settings);
      await use(server.demo);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.url),
  outside: async ({ demo }, use) => {
    const outside = new Outside(demo);
    await use(outside);
    await outside.setMerchantAnswer('ok');
  },
  signIn: async ({ page, demo }, use) => {
    await use(async (role) => {
      const user = demo.users.find((candidate) => candidate.role === role);
      if (!user) throw new Error(`demo.json names no ${role}`);
      await page.goto('/');
      await fillSignIn(page, user.login, user.password);
      await expect(page.getByRole('navigation', { name: 'メニュー' })).toBeVisible();
    });
  },
});

export { expect };

export async function fillSignIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('ログインID').fill(login);
  await page.getByLabel('パスワード', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'サインイン' }).click();
}
