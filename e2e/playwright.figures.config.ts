// How figures of the app are taken: like the stories, in one browser, one after the other. `cargo xtask bench app`.
import { defineConfig } from '@playwright/test';
import stories from './playwright.config';

export default defineConfig(stories, { testDir: 'figures' });
