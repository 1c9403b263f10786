using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Secrets;

/// <summary>What a generated password may consist of; the members are those of GetRandomPassword and GenerateSecretString.</summary>
internal static class PasswordRecipe
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    public static string Make(JsonObject wishes)
    {
        var length = wishes.Int("PasswordLength") ?? 32;
        var excluded = wishes.Text("ExcludeCharacters") ?? "";
        string[] kinds =
        [
            Unless("ExcludeLowercase", Lower), Unless("ExcludeUppercase", Lower.ToUpperInvariant()), Unless("ExcludeNumbers", "0123456789"),
            Unless("ExcludePunctuation", Punctuation), wishes.Flag("IncludeSpace") == true ? " " : "",
        ];
        kinds = [.. kinds.Select(kind => string.Concat(kind.Except(excluded))).Where(kind => kind.Length > 0)];
        var everyKind = wishes.Flag("RequireEachIncludedType") ?? true;
        if (length is < 1 or > 4096 || kinds.Length == 0 || (everyKind && length < kinds.Length))
        {
            throw new AwsException("InvalidParameterException", "The password length is not long enough for the character types it must have, or no characters are left.");
        }

        var all = string.Concat(kinds);
        var password = (everyKind ? kinds.Select(Pick) : []).Concat(Enumerable.Range(0, length).Select(_ => Pick(all))).Take(length).ToArray();
        RandomNumberGenerator.Shuffle(password.AsSpan());
        return new string(password);

        string Unless(string flag, string characters) => wishes.Flag(flag) == true ? "" : characters;
        static char Pick(string from) => from[RandomNumberGenerator.GetInt32(from.Length)];
    }
}
