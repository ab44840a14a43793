#!/usr/bin/env node
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// The worker threads of functions share the process's time zone, and Lambda's is UTC.
process.env.TZ = 'UTC';
await import('../dist/cli/main.mjs');
