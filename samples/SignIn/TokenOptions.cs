namespace SignIn;

/// <summary>How tokens are issued.</summary>
internal sealed class TokenOptions
{
    /// <summary>How long a token can be used to connect. A connection outlives its token.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromSeconds(10);
}
