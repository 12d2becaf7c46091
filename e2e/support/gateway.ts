// The payment gateway: answers questions about a transaction (SearchTrade.idPass) as a story tells it to.
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Trade {
  status: string;
  amount: number;
  accessId: string;
}

export class Gateway {
  private answer: Trade | 'error' = 'error';

  private constructor(private readonly server: HttpServer) {}

  static async start(): Promise<Gateway> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.end(gateway.body()));
    });
    const gateway = new Gateway(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return gateway;
  }

  /** The base address, for TODOKE_GATEWAY_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/payment/`;
  }

  /** From now on every question is answered so. */
  say(answer: Trade | 'error'): void {
    this.answer = answer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private body(): string {
    if (this.answer === 'error') return 'ErrCode=E92&ErrInfo=E92000001';
    const { status, amount, accessId } = this.answer;
    return new URLSearchParams({ OrderID: '1', Status: status, JobCd: status, AccessID: accessId, Amount: String(amount), Tax: '0' }).toString();
  }
}
