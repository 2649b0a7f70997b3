// What tokens were used for, told to the server in batches. It is counted, not kept safe: what an isolate has not told when it ends is lost.

// Milliseconds that a batch waits for more.
const WAIT = 5_000;
const PATIENCE = 10_000;
// A batch that has not gone after so long was lost with the request that should have sent it.
const LOST = 30_000;
// Kinds of use in a batch; of more, each is counted as not told.
const KINDS_MAX = 1_000;

export class Usage {
    #settings;
    #kinds = new Map();
    #since = -Infinity;

    constructor({ usage }) {
        this.#settings = usage;
    }

    /** Counts one use: whose token, whether it was good, which route (null is none), which status, and how many milliseconds it took. */
    add(ctx, { token_id, code, route, status }, took) {
        if (!this.#settings) return;
        this.#count({ token_id, code, route: route ?? null, status, count: 1, duration_ms: Math.max(0, Math.round(took)) });
        if (Math.abs(Date.now() - this.#since) < LOST) return;
        this.#since = Date.now();
        ctx.waitUntil(this.#tell());
    }

    #count(use) {
        const kind = `${use.token_id} ${use.code} ${use.route} ${use.status}`;
        const known = this.#kinds.get(kind);
        if (known) {
            known.count += use.count;
            known.duration_ms += use.duration_ms;
        } else if (this.#kinds.size < KINDS_MAX) {
            this.#kinds.set(kind, use);
        }
    }

    async #tell() {
        await new Promise((resume) => setTimeout(resume, WAIT));
        const uses = [...this.#kinds.values()];
        this.#kinds.clear();
        this.#since = -Infinity;
        const { url, key, worker } = this.#settings;
        const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
        const body = JSON.stringify({ worker, items: uses });
        const signal = AbortSignal.timeout(PATIENCE);
        try {
            const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
            await answer.body?.cancel();
            if (answer.status >= 300) throw new Error(`HTTP ${answer.status}`);
        } catch (error) {
            console.error(`USAGE_URL: ${error.message}`);
            // Told with the next batch.
            for (const use of uses) this.#count(use);
        }
    }
}
