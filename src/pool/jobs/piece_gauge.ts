/**
 * A gauge that also tells the job how far the piece has come: a film is large, and its hash is saved
 * only at its end.
 *
 * @module
 */
import { Gauge } from "../lanes/mod.ts";

/** The lane counts what it reads as ever; `onBytes` hears of the same bytes. */
export class PieceGauge extends Gauge {
  readonly #onBytes: (bytes: number) => void;

  constructor(onBytes: (bytes: number) => void) {
    super();
    this.#onBytes = onBytes;
  }

  override take(): ReturnType<Gauge["take"]> {
    const reading = super.take();
    if (reading.bytes > 0) this.#onBytes(reading.bytes);
    return reading;
  }
}
