// Starts the real server with its sample data in a folder of its own, and stops it.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { serverPath } from './environment';

export type Role = 'viewer' | 'operator' | 'manager' | 'platform';

/** `demo.json`: the address and what the demo made. */
export interface Demo {
  url: string;
  users: { login: string; password: string; role: Role }[];
  tokens: { name: string; token: string }[];
  sample_endpoint: string;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

export class Server {
  private constructor(
    readonly demo: Demo,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** `gatewayUrl`: where the payment gateway is asked; `settings`: variables of the server beside it. */
  static async start(gatewayUrl: string, settings: Record<string, string> = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'todoke-e2e-'));
    const address = `127.0.0.1:${await freePort()}`;
    // A gateway on this machine speaks no TLS, and is asked only where that is permitted.
    const gateway = { TODOKE_GATEWAY_URL: gatewayUrl, TODOKE_ALLOW_PRIVATE_ENDPOINTS: '127.0.0.0/8' };
    const child = spawn(serverPath(), ['demo'], {
      env: { ...foreignEnvironment(), TODOKE_LISTEN: address, TODOKE_DATA_DIR: folder, ...gateway, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stdout.on('data', (text) => output.push(String(text)));
    child.stderr.on('data', (text) => output.push(String(text)));
    const said = () => output.join('').slice(-4000);

    const end = Date.now() + START_LIMIT_MS;
    while (Date.now() < end) {
      if (child.exitCode !== null) throw new Error(`todoke demo ended with ${child.exitCode}:\n${said()}`);
      const demo = await readDemo(folder);
      if (demo && (await isReady(demo.url))) return new Server(demo, child, folder);
      await wait(100);
    }
    child.kill('SIGKILL');
    throw new Error(`todoke demo was not ready within ${START_LIMIT_MS} ms:\n${said()}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done));
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await Promise.race([ended, wait(STOP_LIMIT_MS, undefined, { ref: false })]);
      this.child.kill('SIGKILL');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The caller's environment without settings of Todoke, lest the stories write into somebody's real data. */
function foreignEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TODOKE_')));
}

/** Nothing until the file is there and whole. */
async function readDemo(folder: string): Promise<Demo | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8')) as Demo;
  } catch {
    return undefined;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });
}
