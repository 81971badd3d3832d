/**
 * What a command has begun and not brought to its end, though nothing is wrong with the request.
 *
 * @module
 */
import { Failure } from "../base/errors.ts";

/** The program ends with 1. */
export class UnfinishedError extends Failure {}
