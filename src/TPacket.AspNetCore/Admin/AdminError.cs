namespace TPacket.AspNetCore.Admin;

/// <summary>Why a request was not carried out.</summary>
/// <param name="Error">For people.</param>
internal sealed record AdminError(string Error);
