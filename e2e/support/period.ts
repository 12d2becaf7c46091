// Periods of a search, as they stand in the address.

/** Every day that may be searched, in Tokyo: from the first of the month seven months back until today. */
export function wholePeriod(): string {
  const today = new Date(Date.now() + 9 * 3600 * 1000);
  const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 7, 1));
  return `${first.toISOString().slice(0, 10)}_${today.toISOString().slice(0, 10)}`;
}
