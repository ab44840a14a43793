/**
 * The part of the WebAssembly JavaScript interface used here. TypeScript declares it only among the types of browsers, which
 * would bring in `window` and `document`. `Instance` names its exports, which the source of the module defines.
 */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
    readonly [Symbol.toStringTag]: string;
  }
  class Instance<Exports> {
    constructor(module: Module, imports: { env: { memory: Memory } });
    readonly exports: Exports;
  }
}
