using Pipeline.LocalCloud;
using Pipeline.Processes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The rooms around a service, through a client that is not ours: boto3 reads every answer with the public service models.</summary>
public sealed class RoomClientTests
{
    private const string Prelude = """
        import boto3, json, sys, threading, time, urllib.request
        from datetime import datetime, timedelta, timezone
        from http.server import BaseHTTPRequestHandler, HTTPServer
        def client(name): return boto3.client(name, endpoint_url=sys.argv[1])
        def refused(code, call, **arguments):
            try: call(**arguments)
            except Exception as error:
                assert getattr(error, 'response', {}).get('Error', {}).get('Code') == code, error
                return
            raise SystemExit(f'{code} was not answered')

        """;

    private CloudServer _cloud = null!;

    [OneTimeSetUp]
    public async Task Start() => _cloud = await CheckedCloud.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public Task Metrics_and_alarms() => Python("""
        w = client('cloudwatch')
        now = datetime.now(timezone.utc)
        w.put_metric_data(Namespace='Shop', MetricData=[{'MetricName': 'Errors', 'Dimensions': [{'Name': 'S', 'Value': 'a'}], 'Values': [1, 2, 3], 'Counts': [1, 1, 2], 'Unit': 'Count'}])
        span = dict(StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=5))
        point = w.get_metric_statistics(Namespace='Shop', MetricName='Errors', Dimensions=[{'Name': 'S', 'Value': 'a'}], Period=60, Statistics=['Sum', 'SampleCount'], ExtendedStatistics=['p50'], **span)['Datapoints'][0]
        assert (point['Sum'], point['SampleCount'], point['Unit'], point['ExtendedStatistics']) == (9, 4, 'Count', {'p50': 2}), point
        stat = {'Metric': {'Namespace': 'Shop', 'MetricName': 'Errors', 'Dimensions': [{'Name': 'S', 'Value': 'a'}]}, 'Period': 60, 'Stat': 'Sum'}
        data = w.get_paginator('get_metric_data').paginate(MetricDataQueries=[{'Id': 'double', 'Expression': 'm * 2'}, {'Id': 'm', 'MetricStat': stat, 'ReturnData': False}], **span).build_full_result()['MetricDataResults']
        assert [(r['Id'], r['Values']) for r in data] == [('double', [18])], data
        assert isinstance(data[0]['Timestamps'][0], datetime)
        assert [m['MetricName'] for p in w.get_paginator('list_metrics').paginate(Namespace='Shop') for m in p['Metrics']] == ['Errors']
        w.put_metric_alarm(AlarmName='errors', Namespace='Shop', MetricName='Errors', Statistic='Sum', Period=60, EvaluationPeriods=1, Threshold=5, ComparisonOperator='GreaterThanThreshold', Tags=[{'Key': 'a', 'Value': 'b'}])
        w.get_waiter('alarm_exists').wait(AlarmNames=['errors'])
        w.set_alarm_state(AlarmName='errors', StateValue='ALARM', StateReason='drill')
        alarm = w.describe_alarms(AlarmNames=['errors'])['MetricAlarms'][0]
        assert (alarm['StateValue'], alarm['Threshold']) == ('ALARM', 5.0) and isinstance(alarm['StateUpdatedTimestamp'], datetime), alarm
        assert w.list_tags_for_resource(ResourceARN=alarm['AlarmArn'])['Tags'] == [{'Key': 'a', 'Value': 'b'}]
        assert {h['HistoryItemType'] for h in w.describe_alarm_history(AlarmName='errors')['AlarmHistoryItems']} == {'ConfigurationUpdate', 'StateUpdate'}
        refused('ResourceNotFound', w.set_alarm_state, AlarmName='none', StateValue='OK', StateReason='x')
        refused('ResourceNotFound', w.get_dashboard, DashboardName='none')
        w.put_dashboard(DashboardName='shop', DashboardBody='{"widgets":[]}')
        assert w.list_dashboards()['DashboardEntries'][0]['Size'] == 14
        w.delete_alarms(AlarmNames=['errors'])
        """);

    [Test]
    public Task Metrics_in_the_older_wire() => Python("""
        import botocore.session
        session = botocore.session.get_session()
        loader = session.get_component('data_loader')
        model = loader.load_service_model('cloudwatch', 'service-2')
        model['metadata'].update(protocol='query', protocols=['query'])
        original = loader.load_service_model
        loader.load_service_model = lambda name, kind, *a, **k: model if (name, kind) == ('cloudwatch', 'service-2') else original(name, kind, *a, **k)
        w = session.create_client('cloudwatch', endpoint_url=sys.argv[1])
        assert w.meta.service_model.resolved_protocol == 'query', w.meta.service_model.resolved_protocol
        now = datetime.now(timezone.utc)
        w.put_metric_data(Namespace='Old', MetricData=[{'MetricName': 'M', 'Value': 4.5, 'Timestamp': now}])
        point = w.get_metric_statistics(Namespace='Old', MetricName='M', Period=60, Statistics=['Average'], ExtendedStatistics=['p99'], StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=1))['Datapoints'][0]
        assert (point['Average'], point['ExtendedStatistics']) == (4.5, {'p99': 4.5}) and isinstance(point['Timestamp'], datetime), point
        refused('InvalidParameterValue', w.put_metric_data, Namespace='AWS/X', MetricData=[{'MetricName': 'M', 'Value': 1}])
        refused('ResourceNotFound', w.get_dashboard, DashboardName='none')
        """);

    [Test]
    public Task Topics() => Python("""
        sns, sqs = client('sns'), client('sqs')
        topic = sns.create_topic(Name='orders', Attributes={'DisplayName': 'Orders'}, Tags=[{'Key': 'a', 'Value': 'b'}])['TopicArn']
        queue = sqs.create_queue(QueueName='inbox')['QueueUrl']
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
        subscription = sns.subscribe(TopicArn=topic, Protocol='sqs', Endpoint=arn)['SubscriptionArn']
        got = []
        class Listener(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                got.append((self.headers['x-amz-sns-message-type'], body))
                self.send_response(200); self.end_headers()
                if body['Type'] == 'SubscriptionConfirmation': urllib.request.urlopen(body['SubscribeURL']).read()
            def log_message(self, *a): pass
        server = HTTPServer(('127.0.0.1', 0), Listener)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert sns.subscribe(TopicArn=topic, Protocol='http', Endpoint=f'http://127.0.0.1:{server.server_port}/hook')['SubscriptionArn'] == 'pending confirmation'
        deadline = time.time() + 30
        while sns.get_topic_attributes(TopicArn=topic)['Attributes']['SubscriptionsConfirmed'] != '2': assert time.time() < deadline, got
        assert sns.subscribe(TopicArn=topic, Protocol='email', Endpoint='a@b.example', ReturnSubscriptionArn=True)['SubscriptionArn'].startswith(topic)
        message = sns.publish(TopicArn=topic, Subject='new', Message='one', MessageAttributes={'kind': {'DataType': 'String', 'StringValue': 'x'}})['MessageId']
        body = json.loads(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)['Messages'][0]['Body'])
        assert (body['MessageId'], body['Subject'], body['Message'], body['MessageAttributes']['kind']['Value']) == (message, 'new', 'one', 'x'), body
        while not any(kind == 'Notification' for kind, _ in got): assert time.time() < deadline, got
        assert [b['Message'] for kind, b in got if kind == 'Notification'] == ['one']
        sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName='RawMessageDelivery', AttributeValue='true')
        assert sns.get_subscription_attributes(SubscriptionArn=subscription)['Attributes']['RawMessageDelivery'] == 'true'
        assert sorted(s['SubscriptionArn'] == 'PendingConfirmation' for p in sns.get_paginator('list_subscriptions_by_topic').paginate(TopicArn=topic) for s in p['Subscriptions']) == [False, False, True]
        assert sns.list_tags_for_resource(ResourceArn=topic)['Tags'] == [{'Key': 'a', 'Value': 'b'}]
        refused('InvalidParameter', sns.subscribe, TopicArn=topic, Protocol='lambda', Endpoint='arn:aws:lambda:x')
        refused('NotFound', sns.publish, TopicArn=topic + 'x', Message='x')
        sns.delete_topic(TopicArn=topic)
        assert topic not in [t['TopicArn'] for t in sns.list_topics()['Topics']]
        """);

    [Test]
    public Task Zones_certificates_scaling_and_discovery() => Python("""
        f, r = client('cloudformation'), client('route53')
        f.create_stack(StackName='names', TemplateBody='''
        Resources:
          Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: shop.example}}
          Api: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: api.shop.example, Type: A, TTL: 60, ResourceRecords: [127.0.0.1]}}
          Web: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: www.shop.example, Type: A, AliasTarget: {DNSName: lb.example, HostedZoneId: Z1}}}
        ''')
        f.get_waiter('stack_create_complete').wait(StackName='names', WaiterConfig={'Delay': 1})
        zone = r.list_hosted_zones()['HostedZones'][0]
        assert (zone['Name'], zone['ResourceRecordSetCount'], zone['Config']['PrivateZone']) == ('shop.example.', 4, False), zone
        assert r.list_hosted_zones_by_name(DNSName='shop.example')['HostedZones'][0]['Id'] == zone['Id']
        assert len(r.get_hosted_zone(Id=zone['Id'])['DelegationSet']['NameServers']) == 4
        records = {(s['Name'], s['Type']): s for p in r.get_paginator('list_resource_record_sets').paginate(HostedZoneId=zone['Id'], MaxItems='2') for s in p['ResourceRecordSets']}
        assert len(records) == 4 and records['api.shop.example.', 'A']['ResourceRecords'] == [{'Value': '127.0.0.1'}], records
        assert records['www.shop.example.', 'A']['AliasTarget']['DNSName'] == 'lb.example.'
        refused('NoSuchHostedZone', r.get_hosted_zone, Id='Z0')
        refused('InvalidAction', r.create_hosted_zone, Name='x.example', CallerReference='1')

        a = client('acm')
        arn = a.request_certificate(DomainName='shop.example', ValidationMethod='DNS', IdempotencyToken='t')['CertificateArn']
        assert a.request_certificate(DomainName='shop.example', ValidationMethod='DNS', IdempotencyToken='t')['CertificateArn'] == arn
        a.get_waiter('certificate_validated').wait(CertificateArn=arn)
        assert isinstance(a.describe_certificate(CertificateArn=arn)['Certificate']['NotAfter'], datetime)
        assert [c['CertificateArn'] for p in a.get_paginator('list_certificates').paginate(CertificateStatuses=['ISSUED']) for c in p['CertificateSummaryList']] == [arn]
        refused('ResourceNotFoundException', a.describe_certificate, CertificateArn=arn + 'x')

        d = client('servicediscovery')
        operation = d.create_private_dns_namespace(Name='shop.local', Vpc='vpc-1')['OperationId']
        space = d.get_operation(OperationId=operation)['Operation']['Targets']['NAMESPACE']
        service = d.create_service(Name='api', NamespaceId=space, DnsConfig={'DnsRecords': [{'Type': 'A', 'TTL': 10}]})['Service']
        assert d.get_service(Id=service['Id'])['Service']['DnsConfig']['DnsRecords'] == [{'Type': 'A', 'TTL': 10}]
        assert d.get_namespace(Id=space)['Namespace']['ServiceCount'] == 1
        refused('NamespaceAlreadyExists', d.create_private_dns_namespace, Name='shop.local', Vpc='vpc-1')

        e, s = client('ecs'), client('application-autoscaling')
        e.create_cluster(clusterName='main')
        e.register_task_definition(family='web', networkMode='awsvpc', requiresCompatibilities=['FARGATE'], cpu='256', memory='512', containerDefinitions=[{'name': 'web', 'image': 'x'}])
        e.create_service(cluster='main', serviceName='web', taskDefinition='web', desiredCount=0, launchType='FARGATE')
        target = dict(ServiceNamespace='ecs', ResourceId='service/main/web', ScalableDimension='ecs:service:DesiredCount')
        s.register_scalable_target(MinCapacity=1, MaxCapacity=3, **target)
        s.put_scaling_policy(PolicyName='cpu', PolicyType='TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration={'TargetValue': 60.0, 'PredefinedMetricSpecification': {'PredefinedMetricType': 'ECSServiceAverageCPUUtilization'}}, **target)
        assert s.describe_scalable_targets(ServiceNamespace='ecs')['ScalableTargets'][0]['MaxCapacity'] == 3
        assert s.describe_scaling_policies(ServiceNamespace='ecs')['ScalingPolicies'][0]['TargetTrackingScalingPolicyConfiguration']['TargetValue'] == 60
        s.deregister_scalable_target(**target)
        refused('ObjectNotFoundException', s.put_scaling_policy, PolicyName='cpu', PolicyType='StepScaling', StepScalingPolicyConfiguration={'AdjustmentType': 'ChangeInCapacity', 'StepAdjustments': [{'ScalingAdjustment': 1}]}, **target)
        """);

    [Test]
    public Task Policies_drift_and_events_of_stacks() => Python("""
        f, p = client('cloudformation'), client('ssm')
        body = 'Resources: {A: {Type: AWS::SSM::Parameter, Properties: {Name: /drift/a, Type: String, Value: one}}}'
        f.create_stack(StackName='guarded', TemplateBody=body, StackPolicyBody='{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}')
        wait = lambda name, stack: f.get_waiter(name).wait(StackName=stack, WaiterConfig={'Delay': 1})
        wait('stack_create_complete', 'guarded')
        f.update_stack(StackName='guarded', TemplateBody=body.replace('one', 'two'))
        wait('stack_rollback_complete', 'guarded')
        operations = {o['OperationType']: o['OperationId'] for o in f.describe_stacks(StackName='guarded')['Stacks'][0]['LastOperations']}
        failed = f.describe_events(OperationId=operations['UPDATE_STACK'], Filters={'FailedEvents': True})['OperationEvents']
        assert [e['ResourceStatusReason'] for e in failed] == ['Action denied by stack policy: Statement [#1] does not allow [Update:Modify] for resource [LogicalResourceId/A];'], failed
        p.put_parameter(Name='/drift/a', Value='three', Overwrite=True)
        detection = f.detect_stack_drift(StackName='guarded')['StackDriftDetectionId']
        assert f.describe_stack_drift_detection_status(StackDriftDetectionId=detection)['StackDriftStatus'] == 'DRIFTED'
        drift = f.describe_stack_resource_drifts(StackName='guarded')['StackResourceDrifts'][0]
        assert drift['PropertyDifferences'] == [{'PropertyPath': '/Value', 'ExpectedValue': 'one', 'ActualValue': 'three', 'DifferenceType': 'NOT_EQUAL'}], drift
        f.set_stack_policy(StackName='guarded', StackPolicyBody='{}')
        f.update_termination_protection(StackName='guarded', EnableTerminationProtection=True)
        refused('ValidationError', f.delete_stack, StackName='guarded')
        f.update_termination_protection(StackName='guarded', EnableTerminationProtection=False)
        assert 'StackLimit' in [l['Name'] for l in f.describe_account_limits()['AccountLimits']]
        f.delete_stack(StackName='guarded')
        wait('stack_delete_complete', 'guarded')
        """);

    private async Task Python(string script)
    {
        var python = Requires.Program("boto3", "python3");
        Requires.That((await Run(python, "import boto3")).ExitCode == 0, "boto3", "python3 has no module boto3");
        var result = await Run(python, Prelude + script);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    private async Task<CommandResult> Run(string python, string script) => await ChildProcess.Run(
        new Command(python, ["-c", script, _cloud.Endpoint], TestContext.CurrentContext.WorkDirectory)
        {
            Environment = new Dictionary<string, string?>
            {
                ["AWS_ACCESS_KEY_ID"] = "test",
                ["AWS_SECRET_ACCESS_KEY"] = "test",
                ["AWS_DEFAULT_REGION"] = "eu-central-1",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
                ["AWS_MAX_ATTEMPTS"] = "1",
            },
            Timeout = TimeSpan.FromMinutes(2),
        },
        CancellationToken.None);
}
