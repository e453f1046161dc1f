namespace TPacket.AspNetCore.Admin;

/// <summary>The response to an action.</summary>
/// <param name="Number">The number of users, rooms, members or servers that the action applies to.</param>
internal sealed record AdminDone(int Number);
