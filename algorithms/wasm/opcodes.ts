/** Instruction → opcode bytes and the kind of immediate that follows them (WebAssembly core specification 2.0, section 5.4). */

const simd = (code: number) => (code < 0x80 ? [0xfd, code] : [0xfd, (code & 0x7f) | 0x80, code >> 7]);

const plain = (entries: Readonly<Record<string, number>>, immediate: string, bytesOf = (code: number) => [code]) =>
  Object.entries(entries).map(([name, code]) => [name, [bytesOf(code), immediate]] as const);

export const opcodes: Readonly<Record<string, readonly [readonly number[], string]>> = Object.fromEntries([
  ...plain({ br: 0x0c, br_if: 0x0d }, 'label'),
  ...plain({ return: 0x0f, select: 0x1b }, 'none'),
  ...plain({ 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 }, 'local'),
  ...plain({ 'i32.load': 0x28, 'f32.load': 0x2a, 'i32.load8_u': 0x2d, 'i32.load16_u': 0x2f }, 'memory'),
  ...plain({ 'i64.load': 0x29, 'f64.load': 0x2b, 'i64.load32_u': 0x35 }, 'memory'),
  ...plain({ 'i32.store': 0x36, 'f32.store': 0x38, 'i32.store8': 0x3a, 'i32.store16': 0x3b }, 'memory'),
  ...plain({ 'i64.store': 0x37, 'f64.store': 0x39 }, 'memory'),
  ...plain({ 'i32.const': 0x41 }, 'i32'),
  ...plain({ 'i64.const': 0x42 }, 'i64'),
  ...plain({ 'f32.const': 0x43 }, 'f32'),
  ...plain({ 'f64.const': 0x44 }, 'f64'),
  ...plain({ 'i32.eqz': 0x45, 'i32.eq': 0x46, 'i32.ne': 0x47, 'i32.lt_u': 0x49, 'i32.gt_u': 0x4b }, 'none'),
  ...plain({ 'i32.ge_u': 0x4f, 'i32.and': 0x71, 'i32.or': 0x72, 'i32.xor': 0x73, 'i32.shr_u': 0x76 }, 'none'),
  ...plain({ 'i32.add': 0x6a, 'i32.sub': 0x6b, 'i32.mul': 0x6c, 'i32.shl': 0x74, 'f32.add': 0x92 }, 'none'),
  ...plain({ 'i32.ctz': 0x68, 'i32.popcnt': 0x69, 'i32.wrap_i64': 0xa7 }, 'none'),
  ...plain({ 'i64.eqz': 0x50, 'i64.ne': 0x52, 'i64.gt_u': 0x56, 'i64.clz': 0x79, 'i64.add': 0x7c }, 'none'),
  ...plain({ 'i64.sub': 0x7d, 'i64.mul': 0x7e, 'i64.and': 0x83, 'i64.xor': 0x85, 'i64.shl': 0x86 }, 'none'),
  ...plain({ 'i64.shr_u': 0x88, 'i64.rotl': 0x89, 'i64.extend_i32_s': 0xac, 'i64.extend_i32_u': 0xad }, 'none'),
  ...plain({ 'i32.shr_s': 0x75, 'f64.reinterpret_i64': 0xbf, 'f64.convert_i64_u': 0xba }, 'none'),
  ...plain({ 'f64.ne': 0x62, 'f64.sub': 0xa1 }, 'none'),
  ...plain({ 'v128.load': 0x00, 'v128.store': 0x0b, 'v128.load64_zero': 0x5d }, 'memory', simd),
  ...plain({ 'v128.const': 0x0c }, 'lanes', simd),
  ...plain({ 'i8x16.shuffle': 0x0d, 'i64x2.extract_lane': 0x1d, 'f64x2.extract_lane': 0x21 }, 'bytes', simd),
  ...plain({ 'i8x16.splat': 0x0f, 'i8x16.eq': 0x23, 'i8x16.all_true': 0x63, 'i8x16.bitmask': 0x64 }, 'none', simd),
  ...plain({ 'i8x16.narrow_i16x8_u': 0x66 }, 'none', simd),
  ...plain({ 'v128.and': 0x4e, 'v128.or': 0x50 }, 'none', simd),
  ...plain(
    { 'f32x4.splat': 0x13, 'f32x4.eq': 0x41, 'v128.bitselect': 0x52, 'f64x2.promote_low_f32x4': 0x5f },
    'none',
    simd,
  ),
  ...plain({ 'f32x4.nearest': 0x6a, 'f32x4.neg': 0xe1, 'f32x4.add': 0xe4, 'f32x4.sub': 0xe5 }, 'none', simd),
  ...plain({ 'f32x4.mul': 0xe6, 'f32x4.div': 0xe7, 'f32x4.min': 0xe8, 'f32x4.max': 0xe9 }, 'none', simd),
  ...plain({ 'i32x4.trunc_sat_f32x4_s': 0xf8, 'i32x4.add': 0xae, 'i32x4.shl': 0xab }, 'none', simd),
  ...plain({ 'f64x2.add': 0xf0, 'f64x2.sub': 0xf1 }, 'none', simd),
  ...plain({ 'memory.copy': 0x0a }, 'copy', (code) => [0xfc, code]),
]);
