'use strict';

// Two stacks of a small shop. They name no account and no region, so their templates fit everywhere.
const cdk = require('aws-cdk-lib');
const { Foundation } = require('./lib/foundation');
const { Service } = require('./lib/service');

// The assembly is committed: no construct tree and no stack traces (see also `npm run synth`), which name folders of the machine that made them.
const app = new cdk.App({ treeMetadata: false, context: { 'aws:cdk:disable-creation-stack-traces': true } });
const tags = { system: 'shop' };

// Without bootstrapping templates travel in the request itself. `-c synthesizer=default` is what `cdk init` gives: roles and a bucket of `cdk bootstrap`.
const synthesizer = () => app.node.tryGetContext('synthesizer') === 'default' ? new cdk.DefaultStackSynthesizer() : new cdk.LegacyStackSynthesizer();

const foundation = new Foundation(app, 'shop-foundation', { synthesizer: synthesizer(), tags, description: 'Network, cluster, database and queue of the shop.' });
new Service(app, 'shop-service', { synthesizer: synthesizer(), tags, foundation, description: 'The shop itself behind its load balancer.' });
