/** Typed arrays side by side in one WebAssembly memory, where kernels find them by their byte offset. */

const page = 65_536;
// A cache line, and a multiple of every SIMD width: kernels may run over the end of an array by a part of one.
const alignment = 64;
const largestMemory = 65_536 * page;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
interface ArrayType<T extends Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

export interface Arena {
  memory: WebAssembly.Memory;
  /** A zeroed array; throws RangeError when the arena was created too small. */
  allocate<T extends Numbers>(type: ArrayType<T>, length: number): T;
  /** A copy of `array` in the arena. */
  copy<T extends Numbers>(type: ArrayType<T>, array: T): T;
}

/** The space an array takes in an arena. */
export const spaceFor = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** A memory of fixed size: growing it would detach every array already handed out. Throws RangeError beyond 4 GiB. */
export const createArena = (bytes: number): Arena => {
  if (bytes > largestMemory) throw new RangeError(`${bytes} bytes do not fit into one WebAssembly memory of 4 GiB.`);
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / page)) });
  const { buffer } = memory;
  let used = 0;
  const allocate: Arena['allocate'] = (type, length) => {
    const offset = used;
    used += spaceFor(length * type.BYTES_PER_ELEMENT);
    if (used > buffer.byteLength) throw new RangeError(`The arena of ${buffer.byteLength} bytes is full.`);
    return new type(buffer, offset, length);
  };
  return {
    memory,
    allocate,
    copy(type, array) {
      const copy = allocate(type, array.length);
      copy.set(array);
      return copy;
    },
  };
};
