/** What has to be known of H.264's own structure, ISO/IEC 14496-15. @module */

const EXTRA_INFORMATION = 6;

/**
 * A picture without its extra information (SEI). There an "open" group says that it can be entered,
 * and Chromium believes that more than what the container says.
 */
export function withoutExtra(data: Uint8Array, config: VideoDecoderConfig | null): Uint8Array {
  const description = config?.codec.startsWith("avc") ? config.description : undefined;
  if (!description) return data;
  const settings = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
  const lengthBytes = ((settings[4] ?? 3) & 3) + 1;
  const kept = new Uint8Array(data.length);
  let filled = 0;
  for (let from = 0; from + lengthBytes < data.length;) {
    const head = data.subarray(from, from + lengthBytes);
    const end = from + lengthBytes + head.reduce((sum, byte) => sum * 256 + byte, 0);
    const unit = data.subarray(from, end);
    if ((unit[lengthBytes]! & 31) !== EXTRA_INFORMATION) {
      kept.set(unit, filled);
      filled += unit.length;
    }
    from = end;
  }
  return kept.subarray(0, filled);
}
