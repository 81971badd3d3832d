/**
 * Hashes that only hash-wasm has, one instance of each per thread: any number of hashers may be
 * under way, and who goes on after another brings its state along.
 *
 * @module
 */
import type { IHasher } from "hash-wasm";
import type { Hasher } from "./algorithms.ts";

type Library = typeof import("hash-wasm");

export interface WasmHash {
  create(): Hasher;
  /** Compiles it: once, before the first is created. */
  prepare(): Promise<void>;
}

export function wasmHash(name: string, open: (library: Library) => Promise<IHasher>): WasmHash {
  let preparing: Promise<void> | undefined;
  let instance: IHasher | undefined;
  /** Whose state the instance holds. */
  let current: object | undefined;
  const states = new WeakMap<object, Uint8Array>();

  const take = (hasher: object): IHasher => {
    if (current !== hasher) {
      if (current) states.set(current, instance!.save());
      instance!.load(states.get(hasher)!);
      current = hasher;
    }
    return instance!;
  };

  return {
    prepare: () =>
      preparing ??= import("hash-wasm").then(open).then((opened) => void (instance = opened)),
    create() {
      if (!instance) throw new TypeError(`Cannot hash with "${name}": it is not prepared`);
      if (current) states.set(current, instance.save());
      instance.init();
      const hasher: Hasher = {
        update: (bytes) => void take(hasher).update(bytes),
        digest: () => {
          const digest = take(hasher).digest("hex");
          current = undefined;
          return digest;
        },
      };
      current = hasher;
      return hasher;
    },
  };
}
