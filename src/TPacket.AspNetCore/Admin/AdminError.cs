namespace TPacket.AspNetCore.Admin;

/// <summary>The response to a failed request.</summary>
/// <param name="Error">The reason, for people.</param>
internal sealed record AdminError(string Error);
