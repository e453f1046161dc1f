namespace TPacket.Server;

/// <summary>What a client presents that wants to resume a session.</summary>
/// <param name="Token">The hash of the token that it knows the session by.</param>
/// <param name="NextToken">The hash of the token that it will present the next time; another one than <paramref name="Token"/>.</param>
/// <param name="Principal">The hash of the name of the client's principal; null for one without.</param>
/// <param name="Grace">How long the user may be away from now on; null for as long as before.</param>
public readonly record struct SessionClaim(SecretHash Token, SecretHash NextToken, SecretHash? Principal, TimeSpan? Grace);
