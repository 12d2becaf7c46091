// The cart's endpoint for notices of restored orders: answers as a story tells it to, and remembers what it got.
import { createServer, type IncomingHttpHeaders, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Notice {
  headers: IncomingHttpHeaders;
  body: { type: string; data: { order_no?: string } };
}

export class Cart {
  /** What it got, oldest first. */
  readonly notices: Notice[] = [];
  /** The status of every answer from now on. */
  status = 200;

  private constructor(private readonly server: HttpServer) {}

  static async start(): Promise<Cart> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        cart.notices.push({ headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString('utf8')) });
        response.writeHead(cart.status).end();
      });
    });
    const cart = new Cart(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return cart;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/restored`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
