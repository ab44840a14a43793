export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/scripts/testSetup.mjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.serverless/', '<rootDir>/.sluice/'],
  // One more than the cores of the smallest machine: a quarter of their time suites wait.
  maxWorkers: 3,
  testSequencer: '<rootDir>/scripts/testOrder.mjs',
  // What earlier suites have left is collected late, and until then every collection goes through it: with 2 GB of it suites took
  // twice the time, one that fills memory thirteen times.
  workerIdleMemoryLimit: '300MB',
  testTimeout: 120_000,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
