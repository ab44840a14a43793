// Plugin of Serverless. CommonJS, because Serverless loads no other plugin from a file.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

module.exports = class LayerPackaging {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:compileLayers': () => this.beforeLayers() };
  }

  beforeLayers() {
    const { service, processedInput, pluginManager } = this.serverless;
    for (const name of service.getAllLayers()) refuseMissing(this.serverless, name);
    // Packaging asks CloudFormation for the layers of the last deployment. Only a deployment can make use of the answer, and
    // packaging has to work without network and credentials.
    if (processedInput.commands[0] === 'deploy') return;
    const compiler = pluginManager.getPlugins().find((it) => it.constructor.name === 'AwsCompileLayers');
    compiler.compareWithLastLayer = async () => {};
  }
};

const refuseMissing = ({ service, serviceDir, classes }, name) => {
  const { artifact } = service.getLayer(name).package;
  if (existsSync(join(serviceDir, artifact))) return;
  const { dependencies } = require('../package.json');
  throw new classes.Error(
    `${artifact} is missing: Lambda needs DuckDB's library for Linux (x64), which npm leaves out on other platforms. Get it ` +
      'and build again: npm i --no-save --os=linux --cpu=x64 --libc=glibc ' +
      `@duckdb/node-bindings-linux-x64@${dependencies['@duckdb/node-api']} && npm run build`,
    'LAYER_MISSING',
  );
};
