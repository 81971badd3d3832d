/**
 * The catalogue as somebody sees it who may not see every peer's copies: nothing that only a hidden
 * peer has said shows in a name, in an order, or in a cursor.
 *
 * @module
 */
export { makeNamesPlain } from "./names/store.ts";
export { createSeal, type Seal } from "./seal.ts";
export { asSeen, type Seen, seenPage, type Sees } from "./seen.ts";
export { type Found, type NameRow, namesAfter, type TitlePlace, titlesAfter } from "./store.ts";
