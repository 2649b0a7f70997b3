// What the Worker does, many times in one request, on what Tokenkeep wrote to the namespace: the runtime's clock stands still while it computes, so that
// whoever asks takes the time.
//
//   POST / {"does": "check", "times": 1000, "token": "ntk_...", "path": "/...", "key": {"kty": "OKP", ...}}
import wasm from "./edge_bg.wasm";
import { Edge, hash_of, initSync, split } from "./edge.js";

initSync({ module: wasm });

// No record and no head is too old here.
const AGE = 1e9;

class Known {
    constructor(asked, signer, record) {
        Object.assign(this, { ...asked, signer, record, hash: hash_of(asked.token), now: Date.now() });
        this.edge = new Edge(AGE, AGE);
    }

    believed(document, bytes) {
        const signed = split(document, bytes);
        const parts = [signed.signature(), signed.message(), signed.payload()];
        signed.free();
        return parts;
    }

    // A call into the wasm that finds at once that there is nothing to do.
    empty() {
        return this.edge.knows("", 0);
    }

    // From a token to the answer, as `handle.mjs` does with a record that is known.
    check() {
        return JSON.parse(this.edge.answer(hash_of(this.token), this.path, undefined, this.now)).code;
    }

    async verify() {
        const [signature, message] = this.parts;
        return crypto.subtle.verify("Ed25519", this.signer, signature, message);
    }

    // What a record costs that is not known yet, but for fetching it.
    async learn() {
        const [signature, message, payload] = this.believed(`tokens/${this.hash}`, this.record);
        if (!(await crypto.subtle.verify("Ed25519", this.signer, signature, message))) throw new Error("not ours");
        return this.edge.take_record(this.hash, payload, this.now + 1e9);
    }
}

export default {
    async fetch(request, env) {
        const { does, times, key, ...asked } = await request.json();
        const stored = async (name) => new Uint8Array(await env.TOKENS.get(name, "arrayBuffer"));
        const names = ["head", "routes", `token:${hash_of(asked.token)}`];
        const [head, routes, record] = await Promise.all(names.map(stored));
        const { kty, crv, x } = key;
        const signer = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
        const known = new Known(asked, signer, record);
        known.parts = known.believed(`tokens/${known.hash}`, record);
        known.edge.take_head(known.believed("head", head)[2]);
        known.edge.take_routes(known.believed("routes", routes)[2]);
        known.edge.take_record(known.hash, known.parts[2], known.now + 1e9);
        let said;
        if (does === "verify" || does === "learn") {
            for (let time = 0; time < times; time += 1) said = await known[does]();
        } else {
            for (let time = 0; time < times; time += 1) said = known[does]();
        }
        return Response.json({ said });
    },
};
