namespace TPacket.Server.Rules.Views;

/// <summary>The data of a packet with a view of the state, or with a change of the view.</summary>
/// <param name="IsWhole">Whether the data is the whole view, not a change.</param>
/// <param name="Data">The data.</param>
internal readonly record struct RulesView(bool IsWhole, ReadOnlyMemory<byte> Data);
