using System.Net;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Network;

/// <summary>One thing of EC2's network, kept as it was described: on one machine there are no packets to route.</summary>
internal sealed record NetworkThing(string Id, string Type, JsonObject Properties, IReadOnlyDictionary<string, string> Tags)
{
    public string? Text(string property) => Properties.Text(property);
}

/// <summary>The network that templates describe. References, address blocks and order of deletion are checked as EC2 checks them.</summary>
internal sealed class NetworkRoom
{
    private readonly Table<NetworkThing> _things;
    private readonly Lock _gate = new();

    public NetworkRoom(Database database)
    {
        _things = database.Table<NetworkThing>("ec2/network");
        ResourceTypes =
        [
            Type("VPC", "vpc", "CidrBlock! EnableDnsHostnames EnableDnsSupport InstanceTenancy! Tags(Key Value)", "CidrBlock", "VpcId CidrBlock DefaultSecurityGroup", CheckVpc,
                more: thing => new() { ["VpcId"] = thing.Id, ["CidrBlock"] = thing.Text("CidrBlock")!, ["DefaultSecurityGroup"] = $"sg-{thing.Id[4..]}" }),
            Type("Subnet", "subnet", "VpcId! CidrBlock! AvailabilityZone! MapPublicIpOnLaunch Tags(Key Value)", "VpcId CidrBlock", "SubnetId VpcId AvailabilityZone CidrBlock", CheckSubnet,
                more: thing => new() { ["SubnetId"] = thing.Id, ["VpcId"] = thing.Text("VpcId")!, ["CidrBlock"] = thing.Text("CidrBlock")!, ["AvailabilityZone"] = thing.Text("AvailabilityZone") ?? "" }),
            Type("InternetGateway", "igw", "Tags(Key Value)", "", "InternetGatewayId", more: thing => new() { ["InternetGatewayId"] = thing.Id }),
            Type("VPCGatewayAttachment", "igw-attach", "VpcId! InternetGatewayId! VpnGatewayId!", "VpcId", "AttachmentType", Refers("VpcId", "VPC"), more: _ => new() { ["AttachmentType"] = "IGW" }),
            Type("RouteTable", "rtb", "VpcId! Tags(Key Value)", "VpcId", "RouteTableId", Refers("VpcId", "VPC"), more: thing => new() { ["RouteTableId"] = thing.Id }),
            Type("Route", "route", "RouteTableId! DestinationCidrBlock! DestinationIpv6CidrBlock! GatewayId NatGatewayId VpcEndpointId", "RouteTableId", "CidrBlock", Refers("RouteTableId", "RouteTable"),
                more: thing => new() { ["CidrBlock"] = thing.Text("DestinationCidrBlock") ?? "" }),
            Type("SubnetRouteTableAssociation", "rtbassoc", "RouteTableId! SubnetId!", "RouteTableId SubnetId", "Id", Refers("SubnetId", "Subnet"), more: thing => new() { ["Id"] = thing.Id }),
            Type("SecurityGroup", "sg", $"GroupDescription! GroupName! VpcId! SecurityGroupIngress({Rule} SourceSecurityGroupId SourceSecurityGroupName SourcePrefixListId) SecurityGroupEgress({Rule} DestinationSecurityGroupId DestinationPrefixListId) Tags(Key Value)",
                "GroupDescription", "GroupId Id VpcId", CheckSecurityGroup, more: thing => new() { ["GroupId"] = thing.Id, ["Id"] = thing.Id, ["VpcId"] = thing.Text("VpcId") ?? "" }),
            Type("SecurityGroupIngress", "sgr", "GroupId! GroupName! IpProtocol! FromPort! ToPort! CidrIp! CidrIpv6! Description SourceSecurityGroupId! SourceSecurityGroupName! SourcePrefixListId!", "IpProtocol", "Id", Refers("GroupId", "SecurityGroup"), more: thing => new() { ["Id"] = thing.Id }),
            Type("SecurityGroupEgress", "sgr", "GroupId! IpProtocol! FromPort! ToPort! CidrIp! CidrIpv6! Description DestinationSecurityGroupId! DestinationPrefixListId!", "IpProtocol GroupId", "Id", Refers("GroupId", "SecurityGroup"), more: thing => new() { ["Id"] = thing.Id }),
            Type("NatGateway", "nat", "SubnetId! AllocationId! ConnectivityType! Tags(Key Value)", "SubnetId", "NatGatewayId", Refers("SubnetId", "Subnet"), more: thing => new() { ["NatGatewayId"] = thing.Id }),
            // 198.51.100.0/24 is reserved for documentation: nobody's address.
            Type("EIP", "eipalloc", "Domain InstanceId Tags(Key Value)", "", "AllocationId PublicIp", reference: Address, more: thing => new() { ["AllocationId"] = thing.Id, ["PublicIp"] = Address(thing) }),
            Type("VPCEndpoint", "vpce", "VpcId! ServiceName! VpcEndpointType! RouteTableIds SubnetIds SecurityGroupIds PrivateDnsEnabled PolicyDocument(*) Tags(Key Value)", "VpcId ServiceName", "Id", Refers("VpcId", "VPC"), more: thing => new() { ["Id"] = thing.Id }),
        ];
        Service = new Ec2Calls(this).Service;
    }

    private const string Rule = "IpProtocol FromPort ToPort CidrIp CidrIpv6 Description";

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IEnumerable<NetworkThing> All(string type) => _things.All.Where(thing => thing.Type == type).OrderBy(thing => thing.Id, StringComparer.Ordinal);

    private ResourceType Type(
        string name,
        string prefix,
        string properties,
        string required,
        string attributes,
        Action<ResourceRequest>? check = null,
        Func<NetworkThing, string>? reference = null,
        Func<NetworkThing, Dictionary<string, string>>? more = null) => new($"AWS::EC2::{name}")
    {
        Properties = properties,
        Required = required,
        Attributes = attributes,
        Create = request => Task.FromResult(Put(request, $"{prefix}-0{Convert.ToHexString(Guid.NewGuid().ToByteArray())[..16].ToLowerInvariant()}", name, check, reference, more)),
        Update = request => Task.FromResult(Put(request, Id(request, name, reference), name, check, reference, more)),
        Delete = request => Delete(name, Id(request, name, reference)),
    };

    private Resource Put(ResourceRequest request, string id, string type, Action<ResourceRequest>? check, Func<NetworkThing, string>? reference, Func<NetworkThing, Dictionary<string, string>>? more)
    {
        lock (_gate)
        {
            check?.Invoke(request);
            id = type == "EIP" && _things.Find(id) is null ? FreeAddress(id) : id;
            var thing = new NetworkThing(id, type, request.Properties, request.AllTags());
            _things.Put(id, thing);
            return new Resource(reference?.Invoke(thing) ?? id, more?.Invoke(thing));
        }
    }

    /// <summary>The physical id is the thing's own, but for an address.</summary>
    private string Id(ResourceRequest request, string type, Func<NetworkThing, string>? reference) =>
        reference is null ? request.PhysicalId : All(type).FirstOrDefault(thing => reference(thing) == request.PhysicalId)?.Id ?? request.PhysicalId;

    private Task Delete(string type, string id)
    {
        lock (_gate)
        {
            var member = type switch { "VPC" => "VpcId", "Subnet" => "SubnetId", "RouteTable" => "RouteTableId", "SecurityGroup" => "GroupId", "InternetGateway" => "InternetGatewayId", _ => null };
            var user = member is null ? null : _things.All.FirstOrDefault(thing => thing.Text(member) == id);
            if (user is not null)
            {
                throw new AwsException("DependencyViolation", $"The {type} '{id}' has dependencies and cannot be deleted. ({user.Id})");
            }

            _things.Remove(id);
            return Task.CompletedTask;
        }
    }

    private Action<ResourceRequest> Refers(string property, string type) => request =>
    {
        if (request.Properties.Text(property) is { } id && _things.Find(id)?.Type != type)
        {
            throw new AwsException($"Invalid{property[..^2]}ID.NotFound", $"The {type} ID '{id}' does not exist");
        }
    };

    private static void CheckVpc(ResourceRequest request) => Block(request.Properties.Text("CidrBlock")!);

    private void CheckSubnet(ResourceRequest request)
    {
        Refers("VpcId", "VPC")(request);
        var vpc = request.Properties.Text("VpcId")!;
        var block = Block(request.Properties.Text("CidrBlock")!);
        var whole = Block(_things.Find(vpc)!.Text("CidrBlock")!);
        if (!whole.Contains(block.BaseAddress) || block.PrefixLength < whole.PrefixLength)
        {
            throw new AwsException("InvalidSubnet.Range", $"The CIDR '{block}' is invalid.");
        }

        var other = All("Subnet").FirstOrDefault(subnet => subnet.Id != request.PhysicalId && subnet.Text("VpcId") == vpc && Overlap(Block(subnet.Text("CidrBlock")!), block));
        if (other is not null)
        {
            throw new AwsException("InvalidSubnet.Conflict", $"The CIDR '{block}' conflicts with another subnet ({other.Id})");
        }
    }

    private void CheckSecurityGroup(ResourceRequest request)
    {
        Refers("VpcId", "VPC")(request);
        foreach (var rule in request.Properties.Objects("SecurityGroupIngress").Concat(request.Properties.Objects("SecurityGroupEgress")))
        {
            var other = rule.Text("SourceSecurityGroupId") ?? rule.Text("DestinationSecurityGroupId");
            if (other is not null && _things.Find(other)?.Type != "SecurityGroup")
            {
                throw new AwsException("InvalidGroup.NotFound", $"The security group '{other}' does not exist");
            }

            if (rule.Text("CidrIp") is { } cidr)
            {
                Block(cidr);
            }
        }
    }

    private static IPNetwork Block(string cidr) => IPNetwork.TryParse(cidr, out var block) ? block : throw new AwsException("InvalidParameterValue", $"Value ({cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.");

    private static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);

    /// <summary>An address belongs to one: the id, which the address is made of, moves on to the next that is free.</summary>
    private string FreeAddress(string id)
    {
        var taken = All("EIP").Select(Address).ToHashSet();
        return Enumerable.Range(Convert.ToInt32(id[^2..], 16), 256).Select(number => $"{id[..^2]}{number % 256:x2}").FirstOrDefault(free => !taken.Contains(Address(free)))
            ?? throw new AwsException("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }

    private static string Address(NetworkThing thing) => Address(thing.Id);

    private static string Address(string id) => $"198.51.100.{Convert.ToInt32(id[^2..], 16)}";
}
