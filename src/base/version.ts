/**
 * The version of this program: the one in deno.json, said once.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };

export const VERSION: string = manifest.version;
