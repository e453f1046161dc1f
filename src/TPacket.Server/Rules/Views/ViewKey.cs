namespace TPacket.Server.Rules;

/// <summary>Members of one key get the same bytes.</summary>
/// <param name="Viewer">The viewer that the rules have named.</param>
/// <param name="IsChange">Whether they may get a part of the last event: they were the same viewer before it.</param>
internal readonly record struct ViewKey(int Viewer, bool IsChange);
