/** What films are called at the edge, and that it hears when that is something else. @module */
import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { labelOf } from "../../../src/items/items/label.ts";
import { createMediaStore } from "../../../src/media/store.ts";
import { openRig, owner } from "../rig.ts";

Deno.test("labelOf() says of an episode which one it is, once", () => {
  const none = { series: null, season: null, episode: null };
  const wire = { series: "The Wire", season: 1, episode: 2 };

  strictEqual(labelOf({ ...none, title: "Heat" }), "Heat");
  strictEqual(labelOf({ ...wire, title: "The Detail" }), "The Wire S01E02 The Detail");
  strictEqual(labelOf({ ...wire, title: "The Wire S01E02" }), "The Wire S01E02");
  strictEqual(labelOf({ ...wire, season: null, title: "X" }), "The Wire S01E02 X");
  strictEqual(labelOf({ ...wire, episode: null, title: "Extras" }), "Extras");
});

Deno.test("films are called as their items are, and their pages are others when that is", () => {
  using rig = openRig();
  const files = createMediaStore(rig.db);
  rig.addFile({ id: "heat", title: "Heat 1995 1080p", facts: { title: "Heat", year: 1995 } });
  const wire = { title: "The Detail", series: "The Wire", season: 1, episode: 2 };
  rig.addFile({ id: "wire", facts: wire });
  rig.addFile({ id: "plain", title: "Holidays" });
  rig.db.run("UPDATE media SET catalog_id = 'c-' || id");
  const called = () =>
    [...rig.items.titlesOf(["c-heat", "c-nothing", "c-plain", "c-wire"]).values()].sort();
  const versions = () => files.catalogPage("", 9).map(({ version }) => version).join("\n");
  const scanned = versions();

  deepStrictEqual(called(), ["Heat", "Holidays", "The Wire S01E02 The Detail"]);
  rig.learn("wire", { ...wire, title: "Details" });
  const learnt = versions();
  deepStrictEqual(called(), ["Heat", "Holidays", "The Wire S01E02 Details"]);
  rig.items.edit("heat", { title: "Mann's Heat" }, owner);
  const edited = versions();
  deepStrictEqual(called(), ["Holidays", "Mann's Heat", "The Wire S01E02 Details"]);
  rig.items.edit("heat", { title: null }, owner);

  notStrictEqual(learnt, scanned);
  notStrictEqual(edited, learnt);
  strictEqual(versions(), learnt, "given back to the scan");
});
