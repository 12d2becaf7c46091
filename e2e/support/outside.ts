// The world outside the browser: the provider that hands in results, the cart, the gateway, and the merchant's endpoint.
import type { Demo, Role } from './server';

export type MerchantAnswer = 'ok' | 'late_ok' | 'error_500' | 'slow' | 'reset' | 'wrong_body' | 'refuse';

export interface RecordedRequest {
  method: string;
  path: string;
  query: string;
  body_hex: string;
  received_at: string;
}

export interface IpCode {
  code: string;
  gatewayNotifications: boolean;
  shopId: string | null;
}

export class Outside {
  constructor(private readonly demo: Demo) {}

  /** Hands in one payment result or several, as the provider does. */
  async ingest(result: Record<string, unknown> | Record<string, unknown>[]): Promise<void> {
    const response = await fetch(`${this.demo.url}/api/v1/payment-results`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token('ingest')}`, 'content-type': 'application/json' },
      body: JSON.stringify(result),
    });
    await expectStatus(response, 202);
  }

  /** Posts a result notification, as the gateway does; gives the answer's body. */
  async notify(fields: Record<string, string>): Promise<string> {
    const response = await fetch(`${this.demo.url}/notify/gmopg`, { method: 'POST', body: new URLSearchParams(fields) });
    await expectStatus(response, 200);
    return response.text();
  }

  /** Asks the API with the token whose name holds `tokenName`. */
  async graphql<Data>(query: string, variables: Record<string, unknown>, tokenName = 'ingest'): Promise<Data> {
    return this.post<Data>(query, variables, this.token(tokenName));
  }

  /** Asks the API as the first user of a role, from another place than the page. */
  async graphqlAs<Data>(role: Role, query: string, variables: Record<string, unknown>): Promise<Data> {
    const user = this.demo.users.find((candidate) => candidate.role === role);
    if (!user) throw new Error(`demo.json names no ${role}`);
    const signIn = 'mutation($l: String!, $p: String!) { signIn(input: {login: $l, password: $p}) { accessToken } }';
    const signed = await this.post<{ signIn: { accessToken: string } }>(signIn, { l: user.login, p: user.password });
    return this.post<Data>(query, variables, signed.signIn.accessToken);
  }

  /** The IP codes that a token may see. */
  async ipCodes(tokenName = 'operate'): Promise<IpCode[]> {
    const query = '{ ipCodes { code gatewayNotifications shopId } }';
    return (await this.graphql<{ ipCodes: IpCode[] }>(query, {}, tokenName)).ipCodes;
  }

  async setMerchantAnswer(answer: MerchantAnswer): Promise<void> {
    const response = await fetch(`${this.demo.sample_endpoint}/control`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ answer }),
    });
    if (!response.ok) throw new Error(`the sample endpoint answers ${response.status} to ${answer}`);
  }

  /** What the merchant's endpoint got for one order, or for all whose numbers begin so, oldest first. */
  async merchantRequests(orderNo: string): Promise<RecordedRequest[]> {
    const response = await fetch(`${this.demo.sample_endpoint}/requests`);
    await expectStatus(response, 200);
    const all = (await response.json()) as RecordedRequest[];
    return all.filter((request) => {
      const body = Buffer.from(request.body_hex ?? '', 'hex').toString('latin1');
      return `${request.query}&${body}`.includes(`order_no=${orderNo}`);
    });
  }

  private async post<Data>(query: string, variables: Record<string, unknown>, token?: string): Promise<Data> {
    const response = await fetch(`${this.demo.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    if (answer.errors || !answer.data) throw new Error(`GraphQL: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  private token(name: string): string {
    const found = this.demo.tokens.find((token) => token.name.includes(name));
    if (!found) throw new Error(`demo.json names no token with "${name}": ${this.demo.tokens.map((t) => t.name).join(', ')}`);
    return found.token;
  }
}

async function expectStatus(response: Response, status: number): Promise<void> {
  if (response.status !== status) throw new Error(`${response.url} answers ${response.status}: ${await response.text()}`);
}
