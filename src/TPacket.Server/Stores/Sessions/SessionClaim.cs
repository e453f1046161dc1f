namespace TPacket.Server;

/// <summary>The claim of a client to resume a session.</summary>
/// <param name="Token">The hash of the session's token.</param>
/// <param name="NextToken">The hash of the token that the client will present the next time; different from <paramref name="Token"/>.</param>
/// <param name="Principal">The hash of the name of the client's principal; null for a client without a principal.</param>
/// <param name="Grace">The new grace of the session; null to keep the grace.</param>
public readonly record struct SessionClaim(SecretHash Token, SecretHash NextToken, SecretHash? Principal, TimeSpan? Grace);
