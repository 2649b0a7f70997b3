// Cloudflare's KV with its REST API, on a free port of 127.0.0.1, until standard input ends. Nothing is kept on disk, nothing is fetched.
//
//   TOKEN=... node server.mjs
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

// One for most tests, and one for each promise of the contract.
const names = ["namespace", ...Array.from({ length: 16 }, (_, number) => `namespace${number}`)];

const server = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    modules: true,
    script: readFileSync(new URL("rest.mjs", import.meta.url), "utf8"),
    compatibilityDate: "2026-04-01",
    kvNamespaces: Object.fromEntries(names.map((name) => [`KV_${name}`, name])),
    bindings: { ACCOUNT: "account", TOKEN: process.env.TOKEN },
});
const url = await server.ready;
console.log(`ready ${url.origin}`);

process.stdin.resume();
process.stdin.on("end", async () => {
    await server.dispose();
    process.exit(0);
});
