namespace SignIn;

/// <summary>Options of tokens.</summary>
internal sealed class TokenOptions
{
    /// <summary>The time for which a token is valid. A connection stays open after its token has expired.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromSeconds(10);
}
