'use strict';

const cdk = require('aws-cdk-lib');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const ecs = require('aws-cdk-lib/aws-ecs');
const patterns = require('aws-cdk-lib/aws-ecs-patterns');
const elb = require('aws-cdk-lib/aws-elasticloadbalancingv2');
const logs = require('aws-cdk-lib/aws-logs');
const ssm = require('aws-cdk-lib/aws-ssm');

/** What a release changes: the service, by the digest of its image. */
class Service extends cdk.Stack {
  constructor(scope, id, { foundation, ...props }) {
    super(scope, id, props);

    const image = new cdk.CfnParameter(this, 'ImageUri', { description: 'registry/repository@sha256:digest', allowedPattern: '.+@sha256:[0-9a-f]{64}' });
    const version = new cdk.CfnParameter(this, 'Version', { default: 'none', description: 'Told to the service as SERVICE_VERSION' });
    const port = new cdk.CfnParameter(this, 'ListenerPort', { type: 'Number', default: 80 });
    const count = new cdk.CfnParameter(this, 'TaskCount', { type: 'Number', default: 1 });

    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.TWO_WEEKS, removalPolicy: cdk.RemovalPolicy.DESTROY });
    const shop = new patterns.ApplicationLoadBalancedFargateService(this, 'Shop', {
      cluster: foundation.cluster,
      cpu: 256,
      memoryLimitMiB: 512,
      desiredCount: count.valueAsNumber,
      protocol: elb.ApplicationProtocol.HTTP,
      listenerPort: port.valueAsNumber,
      circuitBreaker: { rollback: true },
      minHealthyPercent: 100,
      healthCheckGracePeriod: cdk.Duration.seconds(30),
      taskImageOptions: {
        image: ecs.ContainerImage.fromRegistry(image.valueAsString),
        containerPort: 8080,
        containerName: 'shop',
        environment: {
          SERVICE_VERSION: version.valueAsString,
          DATABASE_HOST: foundation.database.dbInstanceEndpointAddress,
          DATABASE_PORT: foundation.database.dbInstanceEndpointPort,
          DATABASE_NAME: 'shop',
          QUEUE_URL: foundation.orders.queueUrl,
          RECEIPTS_BUCKET: foundation.receipts.bucketName,
        },
        secrets: {
          DATABASE_USER: ecs.Secret.fromSecretsManager(foundation.database.secret, 'username'),
          DATABASE_PASSWORD: ecs.Secret.fromSecretsManager(foundation.database.secret, 'password'),
        },
        logDriver: ecs.LogDrivers.awsLogs({ logGroup: log, streamPrefix: 'shop' }),
      },
    });
    shop.targetGroup.configureHealthCheck({ path: '/health', interval: cdk.Duration.seconds(10), timeout: cdk.Duration.seconds(5), healthyThresholdCount: 2 });
    shop.targetGroup.setAttribute('deregistration_delay.timeout_seconds', '5');

    // The service may call everywhere, and the rule that matters is the one that lets it into the database.
    cdk.Annotations.of(shop.service).acknowledgeWarning('@aws-cdk/aws-ec2:ipv4IgnoreEgressRule');
    shop.service.connections.allowToDefaultPort(foundation.database);
    // The construct waits for the target group twice.
    shop.service.node.defaultChild.addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } });

    foundation.orders.grantSendMessages(shop.taskDefinition.taskRole);
    foundation.receipts.grantReadWrite(shop.taskDefinition.taskRole);

    new cloudwatch.Alarm(this, 'ServerErrors', {
      metric: shop.targetGroup.metrics.httpCodeTarget(elb.HttpCodeTarget.TARGET_5XX_COUNT, { period: cdk.Duration.minutes(1) }),
      threshold: 5,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });

    const url = `http://${shop.loadBalancer.loadBalancerDnsName}:${port.valueAsString}`;
    new ssm.StringParameter(this, 'UrlParameter', { parameterName: '/shop/url', stringValue: url });
    new cdk.CfnOutput(this, 'Url', { value: url });
    new cdk.CfnOutput(this, 'ServiceName', { value: shop.service.serviceName });
    new cdk.CfnOutput(this, 'ServiceArn', { value: shop.service.serviceArn });
    new cdk.CfnOutput(this, 'TargetGroupArn', { value: shop.targetGroup.targetGroupArn });
    new cdk.CfnOutput(this, 'TaskDefinitionArn', { value: shop.taskDefinition.taskDefinitionArn });
  }
}

module.exports = { Service };
