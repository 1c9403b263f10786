namespace Pipeline.Aws;

/// <summary>How a PAUSE hook is answered.</summary>
public enum HookAction
{
    /// <summary>The deployment goes on to its next stage.</summary>
    Continue,

    /// <summary>The revision before stays, or comes back.</summary>
    RollBack,
}
