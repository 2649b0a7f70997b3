// better-auth's API keys behind a plain HTTP server: `node server.mjs migrate` makes the tables, `node server.mjs serve PORT WORKERS` answers
// `GET /verify` on 127.0.0.1. DATABASE_URL is the database.

import cluster from "node:cluster";
import { createServer } from "node:http";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";

const options = {
    baseURL: "http://127.0.0.1",
    secret: "only for a measurement on this machine",
    database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
    telemetry: { enabled: false },
    logger: { disabled: true },
    // The limit of ten requests a day for each key, which is on unless told otherwise, would end the measurement. Its writes would be more.
    plugins: [apiKey({ rateLimit: { enabled: false } })],
};

async function migrate() {
    const { runMigrations } = await getMigrations(options);
    await runMigrations();
    await options.database.end();
}

function answer(port) {
    const auth = betterAuth(options);
    const server = createServer(async (request, response) => {
        const key = request.headers.authorization?.slice("Bearer ".length) ?? "";
        const { valid, key: found } = await auth.api.verifyApiKey({ body: { key } });
        if (valid) {
            response.writeHead(204, { "x-token-id": found.id, "x-team-id": found.referenceId, "x-token-scopes": found.metadata?.scopes ?? "" });
        } else {
            response.writeHead(401);
        }
        response.end();
    });
    server.listen(port, "127.0.0.1");
}

const [, , command, port, workers] = process.argv;
if (command === "migrate") await migrate();
else if (cluster.isWorker) answer(Number(port));
else for (let n = 0; n < Number(workers); n += 1) cluster.fork();
