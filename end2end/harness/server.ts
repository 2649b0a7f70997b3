// A Tokenkeep of its own: program, port, database, mirror and log, all under one directory that goes away with it.

import { spawn, execFile, type ChildProcess } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "./until.ts";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 10_000;

export interface Owner {
  email: string;
  password: string;
}

export interface Options {
  /** The first owner, made at start; without one the server prints a setup link. */
  owner?: Owner;
  /** Whether there is a files mirror. */
  mirror?: boolean;
  /** Further variables. */
  env?: Record<string, string>;
}

/** The program that is tested, by its whole path. */
export function binary(): string {
  const named = process.env.TOKENKEEP_TEST_BINARY ?? "target/release/tokenkeep";
  const found = resolve(ROOT, named);
  if (!existsSync(found)) {
    throw new Error(`There is no program at ${found}. Build it (make build), or set TOKENKEEP_TEST_BINARY.`);
  }
  return found;
}

export class Server {
  readonly url: string;
  readonly dir: string;
  readonly dataDir: string;
  readonly mirrorDir: string;
  readonly logs: { stdout: string; stderr: string };
  /** What was secret in the tests on this server. It must not be in a log. */
  readonly secrets = new Set<string>();
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;

  private constructor(port: number, dir: string, options: Options) {
    this.url = `http://127.0.0.1:${port}`;
    this.dir = dir;
    this.dataDir = join(dir, "data");
    this.mirrorDir = join(dir, "mirror");
    this.logs = { stdout: join(dir, "stdout.log"), stderr: join(dir, "stderr.log") };
    this.#env = {
      PATH: process.env.PATH ?? "",
      TOKENKEEP_LISTEN: `127.0.0.1:${port}`,
      TOKENKEEP_DATA_DIR: this.dataDir,
      TOKENKEEP_LOG: "debug",
      ...(options.owner && {
        TOKENKEEP_ADMIN_EMAIL: options.owner.email,
        TOKENKEEP_ADMIN_PASSWORD: options.owner.password,
      }),
      ...(options.mirror && { TOKENKEEP_MIRROR_FILES_PATH: this.mirrorDir }),
      ...options.env,
    };
  }

  /** Starts one and waits until it is ready. */
  static async start(options: Options = {}): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "tokenkeep-"));
    // Started by root, the server runs Postgres as another user, who has to get through here.
    chmodSync(dir, 0o755);
    const server = new Server(await freePort(), dir, options);
    if (options.mirror) mkdirSync(server.mirrorDir);
    try {
      await server.begin();
    } catch (error) {
      await server.end();
      throw error;
    }
    return server;
  }

  /** Starts the program, on the data that is there. It is ready when this path answers so. */
  async begin(ready = "/readyz"): Promise<void> {
    const stdout = openSync(this.logs.stdout, "a");
    const stderr = openSync(this.logs.stderr, "a");
    const child = spawn(binary(), ["serve"], { cwd: this.dir, env: this.#env, stdio: ["ignore", stdout, stderr] });
    closeSync(stdout);
    closeSync(stderr);
    this.#child = child;
    let failure: string | undefined;
    child.once("error", (error) => (failure = error.message));
    await until("the server is ready", READY_WITHIN_MS, async () => {
      if (child.exitCode !== null) failure = `it ended with ${child.exitCode}`;
      if (failure) throw new Error(`The server did not start: ${failure}\n${this.log()}`);
      const answer = await fetch(this.url + ready).catch(() => undefined);
      return answer?.ok;
    });
    await until("the server has said where it is", READY_WITHIN_MS, () => this.printed().includes(this.url));
  }

  /** Stops the program as an operator would. It has ten seconds. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<number | null>((done) => child.once("exit", done));
    child.kill("SIGTERM");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((done) => (timer = setTimeout(done, STOPPED_WITHIN_MS, "late")));
    const code = await Promise.race([ended, late]);
    clearTimeout(timer);
    if (code === "late") {
      child.kill("SIGKILL");
      await ended;
      throw new Error(`The server did not stop within ${STOPPED_WITHIN_MS} ms of SIGTERM.\n${this.log()}`);
    }
    if (code !== 0) throw new Error(`The server ended with ${code}.\n${this.log()}`);
  }

  /** Stops it and removes everything that was its own. */
  async end(): Promise<void> {
    try {
      await this.stop();
    } finally {
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  /** A command of the same program, with the same settings. */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(binary(), args, { cwd: this.dir, env: this.#env });
    return stdout;
  }

  /** Its embedded Postgres, as if it were somebody's own: a directory with a socket. */
  databaseUrl(): string {
    const name = ".s.PGSQL.5432";
    const places = [this.dataDir, ...readdirSync(this.dataDir).map((entry) => join(this.dataDir, entry))];
    const dir = places.find((place) => existsSync(join(place, name)));
    if (!dir) throw new Error(`There is no socket in ${this.dataDir}`);
    return `postgres://tokenkeep@localhost/tokenkeep?host=${encodeURIComponent(dir)}`;
  }

  /** What it printed for the operator. */
  printed(): string {
    return readFileSync(this.logs.stdout, "utf8");
  }

  /** The setup link that it printed last. */
  setupLink(): string {
    const link = this.printed().match(/http\S+\/setup\?link=\S+/g)?.at(-1);
    if (!link) throw new Error(`No setup link was printed:\n${this.printed()}`);
    return link;
  }

  /** What was secret and is in what it logged, or printed where it should not. */
  leaks(): string[] {
    const written = this.log() + this.printed().replaceAll(/http\S+\/setup\?link=\S+/g, "");
    return [...this.secrets].filter((secret) => written.includes(secret));
  }

  /** Its log. */
  log(): string {
    return existsSync(this.logs.stderr) ? readFileSync(this.logs.stderr, "utf8") : "";
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
