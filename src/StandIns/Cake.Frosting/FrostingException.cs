namespace Cake.Frosting;

/// <summary>A mistake in how tasks are put together or run.</summary>
#pragma warning disable CA1032 // the official type has these two constructors
public sealed class FrostingException : Exception
{
    /// <summary>With a sentence.</summary>
    public FrostingException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence and its cause.</summary>
    public FrostingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
