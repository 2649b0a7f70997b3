// The Workers runtime with the Worker as it is built (target/edge), Cloudflare's REST API on the same KV, and a backend that says what it was asked; until
// standard input ends. Nothing is kept on disk, nothing is fetched: whatever the Worker fetches goes to that backend.
//
//   EDGE=target/edge TOKEN=... BINDINGS='{...}' [ENTRY=entry.mjs] node runtime.mjs
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const kv = new URL("../../crates/storage/tests/kv/cloudflare/", import.meta.url);
const { Miniflare } = createRequire(new URL("package.json", kv))("miniflare");

const built = process.env.EDGE;
const entry = process.env.ENTRY ?? new URL("entry.mjs", import.meta.url);
const file = (name) => readFileSync(path.join(built, name));
const modules = ["handle", "believed", "keys", "settings", "forward", "usage"].map((name) => `${name}.mjs`);

const socket = [{ host: "127.0.0.1", port: 0 }];
const worker = { cf: false, compatibilityDate: "2026-04-01" };
const server = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    workers: [
        {
            ...worker,
            name: "edge",
            modulesRoot: "/",
            modules: [
                { type: "ESModule", path: "/entry.mjs", contents: readFileSync(entry) },
                ...[...modules, "edge.js"].map((name) => ({ type: "ESModule", path: `/${name}`, contents: file(name) })),
                { type: "CompiledWasm", path: "/edge_bg.wasm", contents: file("edge_bg.wasm") },
            ],
            kvNamespaces: { TOKENS: "namespace" },
            bindings: JSON.parse(process.env.BINDINGS),
            outboundService: "backend",
            unsafeDirectSockets: socket,
        },
        {
            ...worker,
            name: "rest",
            modules: true,
            script: readFileSync(new URL("rest.mjs", kv), "utf8"),
            kvNamespaces: { KV_namespace: "namespace" },
            bindings: { ACCOUNT: "account", TOKEN: process.env.TOKEN },
            unsafeDirectSockets: socket,
        },
        {
            ...worker,
            name: "backend",
            modules: true,
            script: readFileSync(new URL("backend.mjs", import.meta.url), "utf8"),
            unsafeDirectSockets: socket,
        },
    ],
});
await server.ready;
const urls = await Promise.all(["edge", "rest", "backend"].map((name) => server.unsafeGetDirectURL(name)));
console.log(`ready ${urls.map((url) => url.host).join(" ")}`);

process.stdin.resume();
process.stdin.on("end", async () => {
    await server.dispose();
    process.exit(0);
});
