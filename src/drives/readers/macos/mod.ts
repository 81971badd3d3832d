/**
 * What tools say of drives on macOS.
 *
 * @module
 */
import type { Reader } from "../reader.ts";

export const macosReaders: readonly Reader[] = [];
