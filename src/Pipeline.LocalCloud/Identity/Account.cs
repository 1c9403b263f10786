namespace Pipeline.LocalCloud.Identity;

/// <summary>The cloud's one account.</summary>
internal static class Account
{
    public const string Id = "123456789012";

    public const string Developer = "developer";
}
