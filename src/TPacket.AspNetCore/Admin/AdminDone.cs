namespace TPacket.AspNetCore.Admin;

/// <summary>The response to an action.</summary>
/// <param name="Number">The number of users, rooms, members or servers to which the action applied.</param>
internal sealed record AdminDone(int Number);
