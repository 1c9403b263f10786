namespace Pipeline.LocalCloud;

/// <summary>The cloud cannot start; the message is for the person who started it.</summary>
internal sealed class StartFailure(string message) : Exception(message);
