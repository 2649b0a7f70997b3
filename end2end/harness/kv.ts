// A namespace of Workers KV, as far as a mirror asks it. A stand-in: what Cloudflare's API does is held against the real runtime in crates/storage.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Pair {
  key: string;
  value: string;
  metadata?: unknown;
}

export interface Namespace {
  /** Where its API is, for a mirror. */
  base: string;
  /** What it holds. */
  values: Map<string, Pair>;
  end: () => Promise<void>;
}

async function read(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text ? JSON.parse(text) : undefined;
}

/** A namespace that lets in whoever has the token. */
export async function namespace(token: string): Promise<Namespace> {
  const values = new Map<string, Pair>();
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const good = (result: unknown) => send(200, { success: true, errors: [], messages: [], result, result_info: { cursor: "" } });
    const refuse = (status: number, code: number) => send(status, { success: false, errors: [{ code, message: "no" }], messages: [], result: null });
    void read(request).then((body) => {
      if (request.headers.authorization !== `Bearer ${token}`) return refuse(403, 10000);
      const url = new URL(request.url ?? "", "http://kv");
      const what = url.pathname.split("/namespaces/0b/")[1] ?? "";
      const asked = `${request.method} ${what.split("/values/")[0]}`;
      if (asked === "GET keys") {
        const prefix = url.searchParams.get("prefix") ?? "";
        return good([...values.values()].filter(({ key }) => key.startsWith(prefix)).map(({ key, metadata }) => ({ name: key, metadata })));
      }
      if (asked === "PUT bulk") {
        for (const pair of body as Pair[]) values.set(pair.key, pair);
        return good({ successful_key_count: (body as Pair[]).length, unsuccessful_keys: [] });
      }
      if (asked === "POST bulk/delete") {
        for (const key of body as string[]) values.delete(key);
        return good({ successful_key_count: (body as string[]).length, unsuccessful_keys: [] });
      }
      if (asked === "POST bulk/get") {
        const { keys } = body as { keys: string[] };
        return good({ values: Object.fromEntries(keys.map((key) => [key, text(values.get(key)) ?? null])) });
      }
      const found = values.get(decodeURIComponent(what.replace(/^values\//, "")));
      if (request.method === "GET" && found) return response.writeHead(200).end(bytes(found));
      return refuse(404, 10009);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`;
  const end = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { base, values, end };
}

const bytes = (pair: Pair & { base64?: boolean }) => (pair.base64 ? Buffer.from(pair.value, "base64") : Buffer.from(pair.value));

const text = (pair: Pair | undefined) => pair && bytes(pair).toString();
