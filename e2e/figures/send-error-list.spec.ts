// Figures of the list of send errors with 100 rows: from the answer's arrival to the painted rows, and from a click on
// a row's choice to the painted answer. Prints them and judges nothing: machines differ, and a busy one is slow.
import type { Page } from '@playwright/test';
import { wholePeriod } from '../support/period';
import { paymentResult } from '../support/results';
import { expect, test } from '../support/test';

const RUNS = 15;
const ROWS = 100;

/** Marks when the rows have arrived, are in the document, and are painted. */
function markRendering(rows: number): void {
  const original = window.fetch;
  window.fetch = async (...request) => {
    const response = await original(...request);
    const text = response.text.bind(response);
    response.text = async () => {
      const answer = await text();
      if (answer.includes('"sendErrors"')) performance.mark('rows-arrived');
      return answer;
    };
    return response;
  };
  new MutationObserver(() => {
    if (performance.getEntriesByName('rows-drawn').length > 0) return;
    if (document.querySelectorAll('tbody tr').length < rows) return;
    performance.mark('rows-drawn');
    // The frame after the next one begins when the next one is on the screen.
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('rows-painted')));
  }).observe(document, { childList: true, subtree: true });
}

async function rendering(page: Page): Promise<{ drawn: number; painted: number }> {
  await page.waitForFunction(() => performance.getEntriesByName('rows-painted').length > 0);
  return page.evaluate(() => ({
    drawn: performance.measure('drawn', 'rows-arrived', 'rows-drawn').duration,
    painted: performance.measure('painted', 'rows-arrived', 'rows-painted').duration,
  }));
}

/** Clicks the choice of one row: how long until the row says so, and until that is painted. */
function choose(index: number): Promise<{ answered: number; painted: number }> {
  return new Promise((done, failed) => {
    const row = document.querySelectorAll('tbody tr')[index];
    const input = row?.querySelector('input');
    if (!row || !input) return failed(new Error(`row ${index} has nothing to choose`));
    requestAnimationFrame(() => {
      const start = performance.now();
      const seen = new MutationObserver(() => {
        const answered = performance.now() - start;
        seen.disconnect();
        requestAnimationFrame(() => {
          const frame = new MessageChannel();
          frame.port1.onmessage = () => done({ answered, painted: performance.now() - start });
          frame.port2.postMessage(null);
        });
      });
      seen.observe(row, { attributes: true, attributeFilter: ['class'] });
      input.click();
    });
  });
}

function summary(name: string, values: number[]): string {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
  return `${name.padEnd(44)} median ${at(0.5).padStart(6)} ms   p90 ${at(0.9).padStart(6)} ms   worst ${at(1).padStart(6)} ms`;
}

test('figures of the list of send errors', async ({ page, signIn, outside }) => {
  const codes = (await outside.ipCodes()).map((ipCode) => ipCode.code);
  const address = `/send-errors?${codes.map((code) => `ip=${code}`).join('&')}&condition=unprocessed`;
  // The sample data has fewer that wait, and a row that waits has more in it than a closed one.
  await outside.setMerchantAnswer('refuse');
  for (let order = 0; order < ROWS; order += 1) await outside.ingest(paymentResult(codes[0] ?? '', `figures-${order}`));
  await signIn('operator');
  await expect(async () => {
    await page.goto(`${address}&period=${wholePeriod()}&rows=${ROWS}`);
    await expect(page.locator('tbody tr')).toHaveCount(ROWS, { timeout: 2_000 });
  }).toPass();
  await page.addInitScript(markRendering, ROWS);
  const [drawn, painted, answered, shown]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto(`${address}&period=${wholePeriod()}&rows=${ROWS}`);
    const figures = await rendering(page);
    drawn.push(figures.drawn);
    painted.push(figures.painted);
  }
  for (let run = 0; run < RUNS; run += 1) {
    const figures = await page.evaluate(choose, run * 5);
    answered.push(figures.answered);
    shown.push(figures.painted);
  }
  console.log(`\nChromium ${page.context().browser()?.version()}, ${ROWS} rows, ${RUNS} runs`);
  console.log(summary('answer arrived → rows in the document', drawn));
  console.log(summary('answer arrived → rows painted', painted));
  console.log(summary('click → row marked', answered));
  console.log(summary('click → painted', shown));
});
