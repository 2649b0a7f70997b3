// The Worker: lets a request through to its backend when its token may, and says why not otherwise. What it is configured by: wrangler.jsonc.
import { handle } from "./handle.mjs";

export default {
    fetch: (request, env, ctx) => handle(request, env, ctx, Date.now),
};
