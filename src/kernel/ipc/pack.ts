import type { Layout } from '../../abi/structs.ts';

/** A structure's bytes from the values of its fields (2 or 4 bytes each); what is not given is 0. */
export function pack(layout: Layout, values: Readonly<Record<string, number>>): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  for (const [field, value] of Object.entries(values)) {
    const at = layout.at[field];
    if (at === undefined) continue;
    if (layout.sizes[field] === 2) view.setUint16(at, value, true);
    else view.setInt32(at, value, true);
  }
  return bytes;
}

/** The fields of a structure as unsigned numbers. */
export function unpack(layout: Layout, bytes: Uint8Array): Record<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const values: Record<string, number> = {};
  for (const [field, at] of Object.entries(layout.at)) {
    values[field] = layout.sizes[field] === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  }
  return values;
}
