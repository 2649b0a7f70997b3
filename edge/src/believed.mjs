// Fetches from KV, and hands to the wasm only what was signed with one of our keys as the document that it was looked up as.
import { split } from "./edge.js";
import { Keys } from "./keys.mjs";

// KV's shortest.
const CACHE_TTL = 30;
// The head and the routes are read again after so many milliseconds.
const LOOK_AGAIN = 10_000;

export class Believed {
    #settings;
    #edge;
    #keys;
    #head;
    #routes;

    constructor(settings, edge) {
        this.#settings = settings;
        this.#edge = edge;
        this.#keys = new Keys(settings);
        this.#head = new Kept((now) => this.#takeHead(now));
        this.#routes = new Kept((now) => this.#take("routes", now, (payload) => edge.take_routes(payload)));
    }

    /** Learns what is needed to decide on a token. Fails where its record is there and cannot be believed. */
    async learn(hash, now) {
        await this.#keys.refresh(now);
        await Promise.all([this.#head.refresh(now), this.#routes.refresh(now), this.#record(hash, now)]);
    }

    async #record(hash, now) {
        if (this.#edge.knows(hash, now)) return;
        const bytes = await this.#get(`token:${hash}`);
        // Also one that was there until now.
        if (bytes === null) return this.#edge.forget(hash);
        const payload = await this.#believe(`tokens/${hash}`, bytes, now);
        const until = now + this.#settings.cache * 1000;
        const taken = payload !== null && this.#edge.take_record(hash, payload, until);
        if (taken) return;
        this.#edge.forget(hash);
        throw new Error("a record is not believed");
    }

    async #takeHead(now) {
        await this.#take("head", now, (payload) => this.#edge.take_head(payload));
        // A page never changes: once it is known it is not read again. Without one of them nobody gets through.
        const read = async (path) => {
            const bytes = await this.#get(path);
            if (bytes === null || !this.#edge.take_page(path, bytes)) throw new Error("a page of the head is not there");
        };
        const all = await Promise.allSettled(this.#edge.missing_pages().map(read));
        const failed = all.find(({ status }) => status === "rejected");
        if (failed) throw failed.reason;
    }

    async #take(document, now, take) {
        const bytes = await this.#get(document);
        const payload = bytes === null ? null : await this.#believe(document, bytes, now);
        if (!take(payload ?? undefined)) console.error(`${document} is ${bytes === null ? "absent" : "not believed"}`);
    }

    async #get(key) {
        const found = await this.#settings.store.get(key, { type: "arrayBuffer", cacheTtl: CACHE_TTL });
        return found === null ? null : new Uint8Array(found);
    }

    /** What was signed; null where the signature is not right. */
    async #believe(document, bytes, now) {
        const signed = split(document, bytes);
        if (signed === undefined) return this.#settings.unsigned ? bytes : null;
        try {
            const key = await this.#keys.find(signed.key_id(), now);
            if (!key) return null;
            const good = await crypto.subtle.verify("Ed25519", key, signed.signature(), signed.message());
            return good ? signed.payload() : null;
        } finally {
            signed.free();
        }
    }
}

/**
 * A document that is read again when it is asked for some time later. While KV does not answer, what is known stays, for as long as its age allows.
 * Each request reads for itself: the runtime ends what a request has begun when its caller hangs up, and nobody else may wait for that.
 */
class Kept {
    #read;
    #at = -Infinity;

    constructor(read) {
        this.#read = read;
    }

    async refresh(now) {
        if (Math.abs(now - this.#at) < LOOK_AGAIN) return;
        try {
            await this.#read(now);
            this.#at = now;
        } catch (error) {
            console.error(`KV: ${error.message}`);
        }
    }
}
