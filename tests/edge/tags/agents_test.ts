/** An edge alone and a real agent that has joined it: a guest sees what is tagged for them. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { basename, join } from "node:path";
import { runCommand, startAgent, untilScanned } from "../../helpers/agent.ts";
import { samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { grpcTest, until } from "../rig.ts";

interface Page<Item> {
  items: Item[];
}

/** Calls of REST, as somebody. */
function caller(url: string, bearer?: string) {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        "content-type": "application/json",
        ...bearer !== undefined && { authorization: `Bearer ${bearer}` },
      },
      ...body !== undefined && { body: JSON.stringify(body) },
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  };
  return async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body);
    ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
}

Deno.test(
  "a guest at an edge alone sees what the agent's owner tags for them",
  grpcTest,
  async () => {
    await using dir = await tempDir();
    const media = join(dir.path, "media");
    await Deno.mkdir(media);
    for (const path of [samples.mp4, samples.webm]) {
      await Deno.copyFile(path, join(media, basename(path)));
    }
    await using edge = await startAgent({ role: "edge", dataDir: join(dir.path, "edge") });
    const atEdge = caller(edge.url);
    const { parts } = await atEdge("GET", "/api/health");
    const { pin } = await atEdge("POST", "/api/peers/enrolments", {});
    const dataDir = join(dir.path, "peer");
    const joined = await runCommand(["join", parts.edge.address, "--pin", pin], { dataDir });
    strictEqual(joined.code, 0, joined.stderr);
    await using peer = await startAgent({ dataDir, env: { MEDIA_DIRS: media } });
    const atPeer = caller(peer.url);
    await untilScanned(peer);
    const password = "correct horse battery";
    const user = await atEdge("POST", "/api/users", { name: "Gus", password, role: "guest" });
    const share = { effect: "allow", action: "play", kind: "tag", value: "Kids" };
    await atEdge("POST", "/api/sharing-rules", { ...share, user_id: user.id });
    const { access_token: token } = await atEdge("POST", "/api/sessions", {
      name: "Gus",
      password,
    });
    const asGuest = caller(edge.url, token);
    const shown = async () => {
      const { items }: Page<{ title: string }> = await asGuest("GET", "/api/catalog");
      return items.map(({ title }) => title).sort();
    };
    const shows = (...titles: string[]) =>
      until(
        async () => JSON.stringify(await shown()) === JSON.stringify(titles),
        `"${titles.join()}"`,
        30_000,
      );
    const isThere = async () => (await atEdge("GET", "/api/catalog")).items.length === 2;
    await until(isThere, "both films", 30_000);
    const { items }: Page<{ id: string; title: string }> = await atPeer("GET", "/api/items");
    const [colours, falling] = ["Counting Colours", "Falling Into Mandelbrot"].map((title) =>
      items.find((it) => it.title === title)!
    );

    deepStrictEqual(await shown(), []);
    const kids = await atPeer("POST", "/api/tags", { path: "Kids/Cartoons" });
    await atPeer("PUT", `/api/items/${colours!.id}/tags/${kids.id}`);
    await shows("Counting Colours");

    // The branch moves away, and is merged into one that is shared.
    const art = await atPeer("POST", "/api/tags", { path: "art" });
    await atPeer("PUT", `/api/items/${falling!.id}/tags/${art.id}`);
    await atPeer("POST", `/api/tags/${kids.id}/move`, { parent_path: "art" });
    await shows();
    const { items: tags }: Page<{ id: string; path: string }> = await atPeer("GET", "/api/tags");
    const shared = tags.find(({ path }) => path === "kids")!;
    await atPeer("POST", `/api/tags/${art.id}/merge`, { into: shared.id });
    await shows("Counting Colours", "Falling Into Mandelbrot");
    await atPeer("PATCH", `/api/tags/${shared.id}`, { name: "Grown-ups" });
    await shows();
  },
);
