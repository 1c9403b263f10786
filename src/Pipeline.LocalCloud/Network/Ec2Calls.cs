using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Network;

/// <summary>EC2's read calls, in the small.</summary>
internal sealed class Ec2Calls(NetworkRoom network)
{
    public AwsService Service => new AwsService("ec2", Wire.Query)
        {
            XmlNamespace = "http://ec2.amazonaws.com/doc/2016-11-15/",
            BareResults = true,
            ListItemNames = new Dictionary<string, string>
            {
                ["vpcSet"] = "item",
                ["vpcSet.tagSet"] = "item",
                ["subnetSet"] = "item",
                ["subnetSet.tagSet"] = "item",
                ["securityGroupInfo"] = "item",
                ["securityGroupInfo.tagSet"] = "item",
                ["securityGroupInfo.ipPermissions"] = "item",
                ["securityGroupInfo.ipPermissions.groups"] = "item",
                ["securityGroupInfo.ipPermissions.ipRanges"] = "item",
            },
        }
        .On("DescribeVpcs", request => List(request, "VPC", "VpcId", "vpcSet", thing => new JsonObject
        {
            ["vpcId"] = thing.Id,
            ["state"] = "available",
            ["cidrBlock"] = thing.Text("CidrBlock"),
            ["isDefault"] = false,
        }))
        .On("DescribeSubnets", request => List(request, "Subnet", "SubnetId", "subnetSet", thing => new JsonObject
        {
            ["subnetId"] = thing.Id,
            ["state"] = "available",
            ["vpcId"] = thing.Text("VpcId"),
            ["cidrBlock"] = thing.Text("CidrBlock"),
            ["availabilityZone"] = thing.Text("AvailabilityZone"),
            ["mapPublicIpOnLaunch"] = thing.Properties.Flag("MapPublicIpOnLaunch") ?? false,
        }))
        .On("DescribeSecurityGroups", request => List(request, "SecurityGroup", "GroupId", "securityGroupInfo", thing => new JsonObject
        {
            ["groupId"] = thing.Id,
            ["groupName"] = thing.Text("GroupName") ?? thing.Id,
            ["groupDescription"] = thing.Text("GroupDescription"),
            ["vpcId"] = thing.Text("VpcId"),
            ["ipPermissions"] = new JsonArray([.. thing.Properties.Objects("SecurityGroupIngress").Select(rule => new JsonObject
            {
                ["ipProtocol"] = rule.Text("IpProtocol"),
                ["fromPort"] = rule.Int("FromPort"),
                ["toPort"] = rule.Int("ToPort"),
                ["groups"] = rule.Text("SourceSecurityGroupId") is { } group ? new JsonArray(new JsonObject { ["groupId"] = group }) : new JsonArray(),
                ["ipRanges"] = rule.Text("CidrIp") is { } cidr ? new JsonArray(new JsonObject { ["cidrIp"] = cidr }) : new JsonArray(),
            })]),
        }));

    private JsonObject List(AwsRequest request, string type, string idMember, string set, Func<NetworkThing, JsonObject> show)
    {
        if (request.Body["Filter"] is not null)
        {
            throw new AwsException("InvalidParameterValue", "Filters are not supported by the embedded cloud.");
        }

        var ids = request.Body.Texts(idMember);
        var things = network.All(type).Where(thing => ids.Count == 0 || ids.Contains(thing.Id)).ToList();
        var missing = ids.FirstOrDefault(id => things.All(thing => thing.Id != id));
        return missing is not null
            ? throw new AwsException($"Invalid{idMember[..^2]}ID.NotFound", $"The {type} ID '{missing}' does not exist")
            : new JsonObject
            {
                [set] = new JsonArray([.. things.Select(thing =>
                {
                    var shown = show(thing);
                    shown["tagSet"] = new JsonArray([.. thing.Tags.Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]);
                    return shown;
                })]),
            };
    }
}
