/**
 * What tools say of drives on Windows.
 *
 * @module
 */
import type { Reader } from "../reader.ts";

export const windowsReaders: readonly Reader[] = [];
