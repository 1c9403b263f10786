// What the unmodified AWS SDK for JavaScript sees of the embedded cloud: prints one JSON object, judged by the test that starts it.
// Usage: node clients.js IMAGE PORT   (a service's image by digest, a free port for a listener)
import * as formation from '@aws-sdk/client-cloudformation';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';

const [image, port] = process.argv.slice(2);

const stacks = new formation.CloudFormationClient();
const metrics = new cloudwatch.CloudWatchClient();
const log = new logs.CloudWatchLogsClient();
const registry = new ecr.ECRClient();
const services = new ecs.ECSClient();
const balancers = new elb.ElasticLoadBalancingV2Client();
const databases = new rds.RDSClient();
const storage = new s3.S3Client();
const vault = new secrets.SecretsManagerClient();
const queues = new sqs.SQSClient();
const parameters = new ssm.SSMClient();

const waiting = (client) => ({ client, maxWaitTime: 120, minDelay: 1, maxDelay: 1 });

/** The sizes of the pages, and the entries of all. */
async function pages(paginator, key) {
  const found = [];
  for await (const page of paginator) {
    found.push(page[key] ?? []);
  }

  return { sizes: found.map((page) => page.length).filter((size) => size > 0), entries: found.flat() };
}

/** The error as the SDK types it: its class among those of the client, and its name. */
async function errorOf(module, call) {
  try {
    await call();
  } catch (error) {
    return [module[error.constructor.name] === error.constructor ? error.constructor.name : 'not of this client', error.name, error.$metadata?.httpStatusCode];
  }

  return null;
}

const template = (name, text) => JSON.stringify({
  Resources: Object.fromEntries(['First', 'Second', 'Third'].map((id) => [id, { Type: 'AWS::SSM::Parameter', Properties: { Name: `/${name}/${id}`, Type: 'String', Value: text } }])),
  Outputs: { Text: { Value: { 'Fn::GetAtt': ['First', 'Value'] } } },
});

async function identity() {
  const client = new sts.STSClient();
  const { Account, Arn } = await client.send(new sts.GetCallerIdentityCommand({}));
  const { Credentials } = await client.send(new sts.AssumeRoleCommand({ RoleArn: `arn:aws:iam::${Account}:role/reader`, RoleSessionName: 'javascript' }));
  const role = new sts.STSClient({ credentials: { accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken } });
  return {
    account: Account,
    arn: Arn,
    role: (await role.send(new sts.GetCallerIdentityCommand({}))).Arn,
    expires: Credentials.Expiration instanceof Date,
    stranger: await errorOf(sts, () => new sts.STSClient({ credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' } }).send(new sts.GetCallerIdentityCommand({}))),
  };
}

async function cloudFormation() {
  await stacks.send(new formation.CreateStackCommand({ StackName: 'javascript', TemplateBody: template('javascript', 'one'), Tags: [{ Key: 'team', Value: 'shop' }] }));
  await formation.waitUntilStackCreateComplete(waiting(stacks), { StackName: 'javascript' });
  const set = { StackName: 'javascript', ChangeSetName: 'two' };
  await stacks.send(new formation.CreateChangeSetCommand({ ...set, TemplateBody: template('javascript', 'two') }));
  await formation.waitUntilChangeSetCreateComplete(waiting(stacks), set);
  const described = await stacks.send(new formation.DescribeChangeSetCommand(set));
  await stacks.send(new formation.ExecuteChangeSetCommand(set));
  await formation.waitUntilStackUpdateComplete(waiting(stacks), { StackName: 'javascript' });
  const [stack] = (await stacks.send(new formation.DescribeStacksCommand({ StackName: 'javascript' }))).Stacks;
  const events = await pages(formation.paginateDescribeStackEvents({ client: stacks }, { StackName: 'javascript' }), 'StackEvents');
  const resources = await pages(formation.paginateListStackResources({ client: stacks }, { StackName: 'javascript' }), 'StackResourceSummaries');
  return {
    changes: described.Changes.map(({ ResourceChange: change }) => `${change.Action} ${change.LogicalResourceId} ${change.Replacement}`).sort(),
    status: stack.StackStatus,
    created: stack.CreationTime instanceof Date,
    output: stack.Outputs[0].OutputValue,
    tags: stack.Tags,
    newest: events.entries[0].ResourceStatus,
    resources: resources.entries.map((resource) => resource.LogicalResourceId).sort(),
    missing: await errorOf(formation, () => stacks.send(new formation.DescribeStacksCommand({ StackName: 'nowhere' }))),
    duplicate: await errorOf(formation, () => stacks.send(new formation.CreateStackCommand({ StackName: 'javascript', TemplateBody: template('x', 'x') }))),
    unknownChangeSet: await errorOf(formation, () => stacks.send(new formation.DescribeChangeSetCommand({ StackName: 'javascript', ChangeSetName: 'nothing' }))),
  };
}

async function compute() {
  await services.send(new ecs.CreateClusterCommand({ clusterName: 'javascript' }));
  await log.send(new logs.CreateLogGroupCommand({ logGroupName: '/javascript/service' }));
  await services.send(new ecs.RegisterTaskDefinitionCommand({
    family: 'javascript', requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512',
    containerDefinitions: [{
      name: 'probe', image, essential: true, portMappings: [{ containerPort: 8080 }], environment: [{ name: 'PROBE_VERSION', value: 'js' }],
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/javascript/service', 'awslogs-region': 'eu-central-1', 'awslogs-stream-prefix': 'probe' } },
    }],
  }));
  const [{ LoadBalancerArn }] = (await balancers.send(new elb.CreateLoadBalancerCommand({ Name: 'javascript', Subnets: ['subnet-1', 'subnet-2'] }))).LoadBalancers;
  const group = async (name) => (await balancers.send(new elb.CreateTargetGroupCommand({
    Name: name, Protocol: 'HTTP', Port: 8080, VpcId: 'vpc-1', TargetType: 'ip', HealthCheckPath: '/health', HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2,
  }))).TargetGroups[0].TargetGroupArn;
  const [TargetGroupArn] = [await group('javascript-1'), await group('javascript-2'), await group('javascript-3')];
  const [{ ListenerArn }] = (await balancers.send(new elb.CreateListenerCommand({ LoadBalancerArn, Protocol: 'HTTP', Port: Number(port), DefaultActions: [{ Type: 'forward', TargetGroupArn }] }))).Listeners;
  await services.send(new ecs.CreateServiceCommand({
    cluster: 'javascript', serviceName: 'balanced', taskDefinition: 'javascript', desiredCount: 1, launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } }, loadBalancers: [{ targetGroupArn: TargetGroupArn, containerName: 'probe', containerPort: 8080 }],
  }));
  await ecs.waitUntilServicesStable(waiting(services), { cluster: 'javascript', services: ['balanced'] });
  await elb.waitUntilTargetInService(waiting(balancers), { TargetGroupArn });
  const answer = await (await fetch(`http://127.0.0.1:${port}/version`)).text();
  const [service] = (await services.send(new ecs.DescribeServicesCommand({ cluster: 'javascript', services: ['balanced'] }))).services;
  const groups = await pages(elb.paginateDescribeTargetGroups({ client: balancers }, { PageSize: 2 }), 'TargetGroups');
  const tasks = await pages(ecs.paginateListTasks({ client: services }, { cluster: 'javascript' }), 'taskArns');
  const lines = await pages(logs.paginateFilterLogEvents({ client: log }, { logGroupName: '/javascript/service', filterPattern: 'starts' }), 'events');
  const result = {
    answer,
    running: service.runningCount,
    rollout: service.deployments.map((deployment) => deployment.rolloutState),
    created: service.createdAt instanceof Date,
    groups: groups.sizes,
    tasks: tasks.entries.length,
    lines: lines.entries.map((line) => line.message),
    missingCluster: await errorOf(ecs, () => services.send(new ecs.DescribeServicesCommand({ cluster: 'nowhere', services: ['x'] }))),
    missingGroup: await errorOf(elb, () => balancers.send(new elb.DescribeTargetGroupsCommand({ Names: ['nowhere'] }))),
    missingLog: await errorOf(logs, () => log.send(new logs.DescribeLogStreamsCommand({ logGroupName: '/nowhere' }))),
    // A mistake that only the server can find.
    refused: await errorOf(ecs, () => services.send(new ecs.UpdateServiceCommand({ cluster: 'javascript', service: 'balanced', taskDefinition: 'nowhere' }))),
  };
  await services.send(new ecs.DeleteServiceCommand({ cluster: 'javascript', service: 'balanced', force: true }));
  await ecs.waitUntilServicesInactive(waiting(services), { cluster: 'javascript', services: ['balanced'] });
  await balancers.send(new elb.DeleteListenerCommand({ ListenerArn }));
  return result;
}

async function stores() {
  await storage.send(new s3.CreateBucketCommand({ Bucket: 'javascript' }));
  await s3.waitUntilBucketExists(waiting(storage), { Bucket: 'javascript' });
  for (const number of [0, 1, 2]) {
    await storage.send(new s3.PutObjectCommand({ Bucket: 'javascript', Key: `objects/${number}`, Body: `body ${number}`, ContentType: 'text/plain' }));
  }

  const read = await storage.send(new s3.GetObjectCommand({ Bucket: 'javascript', Key: 'objects/1' }));
  const objects = await pages(s3.paginateListObjectsV2({ client: storage, pageSize: 2 }, { Bucket: 'javascript' }), 'Contents');
  for (const number of [0, 1, 2]) {
    await parameters.send(new ssm.PutParameterCommand({ Name: `/javascript-store/${number}`, Type: 'SecureString', Value: `${number}` }));
    await vault.send(new secrets.CreateSecretCommand({ Name: `javascript/${number}`, SecretString: `secret ${number}` }));
  }

  const stored = await pages(ssm.paginateGetParametersByPath({ client: parameters, pageSize: 2 }, { Path: '/javascript-store', WithDecryption: true }), 'Parameters');
  const kept = await pages(secrets.paginateListSecrets({ client: vault, pageSize: 2 }, {}), 'SecretList');
  const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({ QueueName: 'javascript' }));
  await queues.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const [message] = (await queues.send(new sqs.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))).Messages;
  const repositories = await pages(ecr.paginateDescribeRepositories({ client: registry }, {}), 'repositories');
  const images = await pages(ecr.paginateDescribeImages({ client: registry }, { repositoryName: 'probe' }), 'imageDetails');
  return {
    body: await read.Body.transformToString(),
    type: read.ContentType,
    objects: objects.sizes,
    parameters: stored.entries.map((parameter) => parameter.Value),
    secrets: kept.sizes,
    secret: (await vault.send(new secrets.GetSecretValueCommand({ SecretId: 'javascript/1' }))).SecretString, // pipeline:allow-secret the name of a secret
    message: message.Body,
    repositories: repositories.entries.map((repository) => repository.repositoryName),
    images: images.entries.map((found) => image.endsWith(`@${found.imageDigest}`)),
    missingKey: await errorOf(s3, () => storage.send(new s3.GetObjectCommand({ Bucket: 'javascript', Key: 'nowhere' }))),
    missingParameter: await errorOf(ssm, () => parameters.send(new ssm.GetParameterCommand({ Name: '/nowhere' }))),
    missingSecret: await errorOf(secrets, () => vault.send(new secrets.GetSecretValueCommand({ SecretId: 'nowhere' }))),
    missingQueue: await errorOf(sqs, () => queues.send(new sqs.GetQueueUrlCommand({ QueueName: 'nowhere' }))),
    missingRepository: await errorOf(ecr, () => registry.send(new ecr.DescribeImagesCommand({ repositoryName: 'nowhere' }))),
    missingDatabase: await errorOf(rds, () => databases.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'nowhere' }))),
  };
}

async function alarms() {
  await metrics.send(new cloudwatch.PutMetricAlarmCommand({
    AlarmName: 'javascript', Namespace: 'AWS/ApplicationELB', MetricName: 'HTTPCode_Target_5XX_Count', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching',
  }));
  const found = await pages(cloudwatch.paginateDescribeAlarms({ client: metrics }, { AlarmNames: ['javascript'] }), 'MetricAlarms');
  return { alarms: found.entries.map((alarm) => `${alarm.AlarmName} ${alarm.Threshold}`) };
}

const groups = { identity, cloudFormation, compute, stores, alarms };
const seen = await Promise.all(Object.entries(groups).map(async ([name, look]) => {
  try {
    return [name, await look()];
  } catch (error) {
    // One group that breaks must not hide what the others saw.
    return [name, { broken: `${error.stack}` }];
  }
}));
console.log(JSON.stringify(Object.fromEntries(seen)));
