/** A library that is a Map, and has tags. @module */
import { MapLibrary } from "../rig.ts";

export class TaggedLibrary extends MapLibrary {
  /** Descriptions, and those of them with tags. */
  described = 0;
  withTags = 0;
  readonly #tags = new Map<string, string[]>();

  constructor(tags: Record<string, string[]>) {
    super(...Object.keys(tags));
    for (const [path, paths] of Object.entries(tags)) this.tag(path, ...paths);
  }

  tag(path: string, ...paths: string[]): void {
    this.#tags.set(path, paths);
  }

  override catalogPage(after: string, limit: number, withTags = false) {
    return super.catalogPage(after, limit).map(({ catalogId, version }) => ({
      catalogId,
      version: withTags ? `${version} ${this.#tagsOf(catalogId)}` : version,
    }));
  }

  override describe(catalogIds: string[], withTags = false) {
    return super.describe(catalogIds).map((it) => {
      this.described++;
      if (!withTags) return it;
      this.withTags++;
      return { ...it, tags: { paths: this.#tagsOf(it.catalogId), isComplete: true } };
    });
  }

  #tagsOf(catalogId: string): string[] {
    const [path = ""] = [...this.files].find(([, it]) => it.catalogId === catalogId) ?? [];
    return this.#tags.get(path) ?? [];
  }
}
