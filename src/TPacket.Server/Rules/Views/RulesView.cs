namespace TPacket.Server.Rules;

/// <summary>The data of a packet by which members see the state of a room's rules.</summary>
/// <param name="IsWhole">Whether it is the whole view, and not a part of an event.</param>
/// <param name="Data">The data.</param>
internal readonly record struct RulesView(bool IsWhole, ReadOnlyMemory<byte> Data);
