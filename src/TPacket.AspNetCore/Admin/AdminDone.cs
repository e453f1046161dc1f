namespace TPacket.AspNetCore.Admin;

/// <summary>The answer to an action.</summary>
/// <param name="Number">How many users, rooms, members or servers it is about.</param>
internal sealed record AdminDone(int Number);
