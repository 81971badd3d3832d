/**
 * Messages that nobody wrote: some with bytes changed anywhere, which are mostly none any more; and
 * more that are well-formed, and say what nobody would: those get past the codec.
 *
 * @module
 */

/** A whole number from 0 to below. */
export type Chance = (below: number) => number;

/** The same numbers for the same seed: mulberry32. */
export function seeded(seed: number): Chance {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let it = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it;
    return ((it ^ (it >>> 14)) >>> 0) % below;
  };
}

/** Changes bytes, wherever they are. */
export function scratched(bytes: Uint8Array, random: Chance): Uint8Array {
  const it = [...bytes];
  for (let times = 1 + random(2); times > 0; times--) {
    const at = random(it.length + 1);
    const flip = () => it.splice(at, 1, (it[at] ?? 0) ^ (1 << random(7)));
    const kinds = [
      flip,
      flip,
      flip,
      () => it.splice(at, 1, random(256)),
      () => it.splice(at, 0, random(256)),
      () => it.splice(at, 1 + random(4)),
      () => it.splice(at, 0, ...it.slice(0, random(20))),
      () => it.splice(at, 0, 0xff, 0xff, 0xff, 0xff, 0x7f),
      () => it.splice(at, it.length, ...Array.from({ length: random(40) }, () => random(256))),
    ];
    kinds[random(kinds.length)]!();
  }
  return Uint8Array.from(it);
}

/** One field as it is on the wire: a number, bytes, or fields again. */
interface Field {
  id: number;
  value: bigint | Uint8Array | Field[];
}

const texts = ["", "x", "a/../../b.mkv", "C:\\x", "\0", "😀".repeat(20), "é", "y".repeat(3000)];
const numbers = [0n, 1n, 127n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** Changes fields, and leaves a message well-formed. */
export function rewritten(bytes: Uint8Array, random: Chance): Uint8Array {
  const fields = parse(bytes, 0) ?? [];
  for (let times = 1 + random(3); times > 0; times--) change(fields, random);
  return Uint8Array.from(write(fields));
}

function change(fields: Field[], random: Chance): void {
  const at = random(fields.length + 1);
  const field = fields[at];
  // Mostly in the payload, and in what it holds.
  if (field && Array.isArray(field.value) && random(4) > 0) return change(field.value, random);
  const text = () => new TextEncoder().encode(texts[random(texts.length)]!);
  const number = () => numbers[random(numbers.length)]!;
  const any = () => random(2) ? text() : number();
  const id = 1 + (random(3) ? random(12) : 1000 + random(30));
  const kinds = [
    () => fields.splice(at, 1),
    () => field && fields.splice(random(fields.length), 0, structuredClone(field)),
    () => field && fields.splice(at, 1, { id, value: field.value }),
    () => fields.splice(at, 0, { id, value: any() }),
    () => fields.splice(at, 0, { id, value: [{ id: 1, value: any() }, { id: 2, value: any() }] }),
    () =>
      field &&
      fields.splice(at, 1, { id: field.id, value: random(12) ? same(field.value) : any() }),
    () => field && fields.splice(at, 1, { id: field.id, value: same(field.value) }),
    () => field && fields.splice(at, 1, { id: field.id, value: same(field.value) }),
    () => field && fields.push(...Array.from({ length: random(50) }, () => structuredClone(field))),
  ];
  /** Of the same kind: what comes of it is understood. */
  const same = (value: Field["value"]) =>
    typeof value === "bigint" ? number() : value instanceof Uint8Array ? text() : [];
  kinds[random(kinds.length)]!();
}

function parse(bytes: Uint8Array, depth: number): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    if (!tag || tag.value > 0xffffn) return undefined;
    const [id, kind] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    const head = varint(bytes, tag.end);
    if (id === 0 || !head || kind !== 0 && kind !== 2) return undefined;
    at = head.end;
    if (kind === 0) {
      fields.push({ id, value: head.value });
      continue;
    }
    const end = at + Number(head.value);
    if (end > bytes.length) return undefined;
    const inner = bytes.subarray(at, end);
    fields.push({ id, value: depth < 3 && parse(inner, depth + 1) || inner });
    at = end;
  }
  return fields;
}

function varint(bytes: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at };
  }
  return undefined;
}

function write(fields: readonly Field[]): number[] {
  return fields.flatMap(({ id, value }) => {
    if (typeof value === "bigint") return [...toVarint(BigInt(id) << 3n), ...toVarint(value)];
    const inner = Array.isArray(value) ? write(value) : [...value];
    return [...toVarint(BigInt(id) << 3n | 2n), ...toVarint(BigInt(inner.length)), ...inner];
  });
}

function toVarint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return [...bytes, Number(value)];
}
